import { fileURLToPath } from "node:url";

export const LAUNCHER: string = fileURLToPath(new URL("../../bin/netwright", import.meta.url));

/** How a netwright is started: in which folder, with what to read, and by which launcher if not by this package's own. */
export interface StartOptions {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly launcher?: string;
}

/** A netwright that a test started, with what it printed so far. */
export class ServerProcess {
  readonly pid: number;
  readonly exited: Promise<number>;
  stdout = "";
  stderr = "";
  private readonly child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  private changed = Promise.withResolvers<void>();

  constructor(args: readonly string[], options: StartOptions = {}) {
    this.child = Bun.spawn([options.launcher ?? LAUNCHER, ...args], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      ...(options.cwd === undefined ? undefined : { cwd: options.cwd }),
    });
    this.pid = this.child.pid;
    if (options.stdin !== undefined) void this.child.stdin.write(options.stdin);
    void this.child.stdin.end();
    const read = Promise.all([
      this.gather(this.child.stdout, (text) => void (this.stdout += text)),
      this.gather(this.child.stderr, (text) => void (this.stderr += text)),
    ]);
    this.exited = this.child.exited.then(async (code) => {
      await read;
      return this.child.signalCode === null ? code : 128;
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits until what it printed to stderr matches; rejects when it ends without having done so. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stderr);
      if (match !== null) return match;
      const ended = await Promise.race([this.changed.promise, this.exited]);
      if (typeof ended === "number") {
        const last = pattern.exec(this.stderr);
        if (last !== null) return last;
        throw new Error(`netwright ended with ${ended} and never said ${pattern}:\n${this.stdout}${this.stderr}`);
      }
    }
  }

  /** Waits until it serves; the port of its first address. */
  async port(): Promise<number> {
    return Number((await this.says(/"msg":"serving","addresses":\["[^"]*:(\d+)"/))[1]);
  }

  private async gather(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      take(decoder.decode(chunk, { stream: true }));
      const { changed } = this;
      this.changed = Promise.withResolvers();
      changed.resolve();
    }
  }
}
