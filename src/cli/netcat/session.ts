import type { TimerWheel } from "../../clock/index.ts";
import type { ByteInput, InputReceiver } from "./byte-input.ts";
import type { ByteOutput } from "./byte-output.ts";
import { SilenceLimit } from "./silence-limit.ts";

/** How long a session goes on; Infinity: for ever. */
export interface SessionLimits {
  /** Ends it after so many milliseconds without a byte once one of the two sides has ended. */
  readonly waitMs: number;
  /** Fails it after so many milliseconds without a byte. */
  readonly idleMs: number;
  /** Ends it at once, without waiting for a peer that takes nothing. */
  readonly stop: AbortSignal;
}

/** Between what is on stdin and stdout and one peer: what streams and datagrams have in common. */
export abstract class Session implements InputReceiver {
  protected readonly input: ByteInput;
  protected readonly output: ByteOutput;
  private readonly limits: SessionLimits;
  private readonly wait: SilenceLimit;
  private readonly idle: SilenceLimit;
  private readonly ended: PromiseWithResolvers<Error | undefined> = Promise.withResolvers();
  private over = false;

  constructor(wheel: TimerWheel, input: ByteInput, output: ByteOutput, limits: SessionLimits) {
    this.input = input;
    this.output = output;
    this.limits = limits;
    this.wait = new SilenceLimit(wheel, () => this.silent());
    this.idle = new SilenceLimit(wheel, () => this.idled());
  }

  /** Runs it to its end; resolves to what went wrong, if anything did. */
  async run(): Promise<Error | undefined> {
    const { stop } = this.limits;
    const stopped = (): void => this.letGo();
    stop.addEventListener("abort", stopped, { once: true });
    if (stop.aborted) stopped();
    else {
      this.idle.begin(this.limits.idleMs);
      this.begin();
    }
    try {
      return await this.ended.promise;
    } finally {
      stop.removeEventListener("abort", stopped);
    }
  }

  abstract chunk(bytes: Uint8Array): Promise<void>;
  abstract end(error?: unknown): void;
  protected abstract begin(): void;
  /** Closes the connection when what was sent has gone out. */
  protected abstract close(): Promise<void>;
  /** Cuts it. */
  protected abstract abort(): void;

  protected get isOver(): boolean {
    return this.over;
  }

  /** Bytes passed. */
  protected moved(): void {
    this.wait.touch();
    this.idle.touch();
  }

  /** One side has ended, and the other may go on for a while. */
  protected sideEnded(waitMs: number = this.limits.waitMs): void {
    if (waitMs === 0) void this.finish();
    else if (!this.over) this.wait.begin(waitMs);
  }

  /** Everything was done. */
  protected async finish(): Promise<void> {
    if (this.over) return;
    this.leave();
    await this.close();
    this.ended.resolve(undefined);
  }

  /** It cannot go on. */
  protected fail(error: unknown): void {
    if (this.over) return;
    this.leave();
    this.abort();
    this.ended.resolve(asError(error));
  }

  /** Nobody wants it to go on: what the system has taken still goes out, then the end, as with any program that ends. What it has not taken is not waited for. */
  private letGo(): void {
    if (this.over) return;
    this.leave();
    void this.close();
    this.ended.resolve(undefined);
  }

  /** Gives bytes to stdout; false when the session is over by then. */
  protected async put(bytes: Uint8Array): Promise<boolean> {
    this.moved();
    const read = await this.output.write(bytes);
    this.moved();
    if (!read) this.letGo();
    return read && !this.over;
  }

  private leave(): void {
    this.over = true;
    this.input.detach();
    this.wait.stop();
    this.idle.stop();
  }

  private silent(): void {
    // Whoever reads stdout takes a rest: there is more to come.
    if (this.output.busy) this.wait.touch();
    else void this.finish();
  }

  private idled(): void {
    if (this.output.busy) this.idle.touch();
    else this.fail(new Error(`given up: no byte passed for ${this.limits.idleMs / 1000} s (--idle)`));
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
