// A dial that is taken back, wherever it stands: looking up a name, in a hook, connecting. Run it: bun examples/dial-cancel/main.ts [HOST:PORT [AFTER_MS]]
import { dial, type DialOptions, NetError } from "netwright/net";

/** Begins to dial; what it returns tells how that ended, and takes it back. */
export function cancellableDial(
  address: string,
  options: DialOptions = {},
): { readonly outcome: Promise<string>; cancel(): void } {
  const controller = new AbortController();
  const dialled = dial("tcp", address, { ...options, signal: controller.signal });
  const outcome = dialled.then(
    async (conn) => {
      await conn.close();
      return "connected";
    },
    (error: unknown) => (error instanceof NetError && error.code === "ECANCELED" ? "canceled" : String(error)),
  );
  return { outcome, cancel: () => controller.abort() };
}

if (import.meta.main) {
  const [address = "10.0.0.1:80", after = "1000"] = process.argv.slice(2);
  const { cancel, outcome } = cancellableDial(address);
  setTimeout(cancel, Number(after));
  console.log(await outcome);
}
