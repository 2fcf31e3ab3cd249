import { fileURLToPath } from "node:url";

/** The launcher of this package. */
export const NETWRIGHT: string = fileURLToPath(new URL("../bin/netwright", import.meta.url));

/** A program that a test talks to by its stdin and stdout, byte by byte, as a shell's pipes would. */
export class ToolProcess {
  /** Its exit code; 128 for one that a signal ended. Its output is whole by then. */
  readonly exited: Promise<number>;
  readonly pid: number;
  stderr = "";
  private readonly child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  private readonly chunks: Uint8Array[] = [];
  private changed = Promise.withResolvers<void>();
  private ended = false;

  constructor(command: readonly string[], options: { readonly cwd?: string } = {}) {
    this.child = Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "pipe", ...options });
    this.pid = this.child.pid;
    const decoder = new TextDecoder();
    const read = Promise.all([
      this.gather(this.child.stdout, (chunk) => void this.chunks.push(chunk)),
      this.gather(this.child.stderr, (chunk) => void (this.stderr += decoder.decode(chunk, { stream: true }))),
    ]);
    this.exited = this.child.exited.then(async (code) => {
      await read;
      this.ended = true;
      this.changed.resolve();
      return this.child.signalCode === null ? code : 128;
    });
  }

  /** What it printed so far. */
  get output(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get stdout(): string {
    return this.output.toString();
  }

  async write(bytes: string | Uint8Array): Promise<void> {
    void this.child.stdin.write(bytes);
    await this.child.stdin.flush();
  }

  /** Ends its stdin. */
  async end(): Promise<void> {
    await this.child.stdin.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits until its stderr matches; rejects when it ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.match(pattern, () => this.stderr);
  }

  /** Waits until its stdout matches; rejects when it ends without. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    return this.match(pattern, () => this.stdout);
  }

  /** Waits until its stdout has so many bytes; rejects when it ends without. */
  async printsBytes(count: number): Promise<void> {
    while (this.output.length < count) {
      if (this.ended)
        throw new Error(`the program ended after ${this.output.length} of ${count} bytes:\n${this.stderr}`);
      await this.changed.promise;
    }
  }

  private async match(pattern: RegExp, text: () => string): Promise<RegExpExecArray> {
    for (;;) {
      const { ended } = this;
      const match = pattern.exec(text());
      if (match !== null) return match;
      if (ended) throw new Error(`the program ended and never said ${pattern}:\n${this.stdout}${this.stderr}`);
      await this.changed.promise;
    }
  }

  private async gather(stream: ReadableStream<Uint8Array>, take: (chunk: Uint8Array) => void): Promise<void> {
    for await (const chunk of stream) {
      take(chunk);
      const { changed } = this;
      this.changed = Promise.withResolvers();
      changed.resolve();
    }
  }
}
