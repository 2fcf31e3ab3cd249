import { systemReason } from "../system-reason.ts";

/** What of a writable stream of Node's is needed. */
export interface OutputStream {
  write(bytes: Uint8Array, written: (error?: Error | null) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Where the peer's bytes go: stdout. */
export class ByteOutput {
  private readonly stream: OutputStream;
  /** Whether its reader is gone, as `head` is after its lines. */
  closed = false;
  /** Whether bytes wait for its reader. */
  busy = false;

  constructor(stream: OutputStream) {
    this.stream = stream;
    // The same error comes to whoever wrote.
    stream.on("error", () => undefined);
  }

  /** Resolves when the bytes were taken; to false when nobody reads them any more. They are its own until then. Rejects with an Error for the user when they cannot be written, as on a full disk. */
  async write(bytes: Uint8Array): Promise<boolean> {
    if (this.closed) return false;
    const { promise, reject, resolve } = Promise.withResolvers<boolean>();
    this.busy = true;
    this.stream.write(bytes, (error) => {
      this.busy = false;
      if (error === undefined || error === null) resolve(true);
      else if ("code" in error && error.code === "EPIPE") {
        this.closed = true;
        resolve(false);
      } else reject(new Error(`cannot write to stdout: ${systemReason(error)}`, { cause: error }));
    });
    return promise;
  }
}

/** This process's stdout; a terminal gets nothing where a hexdump shows all of it already. */
export function standardOutput(isDumped: boolean): ByteOutput {
  return new ByteOutput(isDumped && process.stdout.isTTY ? NOWHERE : process.stdout);
}

const NOWHERE: OutputStream = {
  write(_bytes, written) {
    written();
  },
  on() {
    // It never fails.
  },
};
