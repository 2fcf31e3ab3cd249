/** Signals that do nothing, as in Caddy: a terminal that closes takes no server with it. Reading the config anew comes with the live reload. */
const IGNORED: readonly NodeJS.Signals[] = ["SIGHUP", "SIGUSR1", "SIGUSR2"];

/** Lets the signals pass that are none of a server's business. */
export function ignoreSignals(): void {
  for (const signal of IGNORED) process.on(signal, () => undefined);
}

/** Hears SIGTERM and SIGINT: the first asks for a graceful end, one more ends the process at once. */
export class StopSignals {
  /** The name of the first one. */
  readonly first: Promise<string>;
  /** Called before the process ends at once. */
  beforeExit: () => void = () => undefined;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.first = promise;
    let heard = false;
    const hear = (signal: string): void => {
      if (heard) this.exit();
      heard = true;
      resolve(signal);
    };
    process.on("SIGTERM", hear);
    process.on("SIGINT", hear);
    ignoreSignals();
  }

  private exit(): never {
    this.beforeExit();
    process.exit(1);
  }
}
