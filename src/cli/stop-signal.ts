/** Resolves at the first SIGTERM or SIGINT; the next one ends the process at once. */
export async function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let heard = false;
  const hear = (): void => {
    if (heard) process.exit(1);
    heard = true;
    resolve();
  };
  process.on("SIGTERM", hear);
  process.on("SIGINT", hear);
  return promise;
}
