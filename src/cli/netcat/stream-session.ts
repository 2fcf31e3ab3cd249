import type { Conn } from "../../net/index.ts";
import type { ByteInput } from "./byte-input.ts";
import type { ByteOutput } from "./byte-output.ts";
import { Session, type SessionLimits } from "./session.ts";

/** How a stream is joined with stdin and stdout. */
export interface StreamSessionOptions extends SessionLimits {
  /** Sent ahead of stdin. */
  readonly head?: Uint8Array | undefined;
  /** Whether the end of stdin is told to the peer (FIN). */
  readonly shutdown: boolean;
  /** Told when this side's end is about to be sent. */
  readonly onLocalEnd?: (() => void) | undefined;
  /** Told when the peer's end has come. */
  readonly onPeerEnd?: (() => void) | undefined;
}

/**
 * Joins a connection with stdin and stdout, both ways, each side held back by the other. The end of one direction leaves the other open: it is over when both have ended, or after
 * `waitMs` of silence. Where a person types, the peer's end is the end, as nothing could tell whether it still listens.
 */
export class StreamSession extends Session {
  private readonly conn: Conn;
  private readonly options: StreamSessionOptions;
  private inputEnded = false;
  private peerEnded = false;

  /** It owns the Conn. */
  constructor(conn: Conn, input: ByteInput, output: ByteOutput, options: StreamSessionOptions) {
    super(conn.wheel, input, output, options);
    this.conn = conn;
    this.options = options;
  }

  async chunk(bytes: Uint8Array): Promise<void> {
    this.moved();
    try {
      await this.conn.write(bytes);
      this.moved();
    } catch (error) {
      this.fail(error);
    }
  }

  end(error?: unknown): void {
    if (error !== undefined) {
      this.fail(error);
      return;
    }
    this.inputEnded = true;
    if (this.options.shutdown) {
      this.options.onLocalEnd?.();
      void this.conn.closeWrite();
    }
    this.oneEnded();
  }

  protected begin(): void {
    void this.sendInput();
    void this.receive();
  }

  private async sendInput(): Promise<void> {
    const { head } = this.options;
    if (head !== undefined) await this.chunk(head);
    if (!this.isOver) this.input.attach(this);
  }

  protected async close(): Promise<void> {
    await this.conn.close();
  }

  protected abort(): void {
    this.conn.abort();
  }

  private async receive(): Promise<void> {
    try {
      for (let chunk = await this.conn.read(); chunk !== null; chunk = await this.conn.read())
        if (!(await this.put(chunk))) return;
      this.peerEnded = true;
      this.options.onPeerEnd?.();
      this.oneEnded();
    } catch (error) {
      this.fail(error);
    }
  }

  private oneEnded(): void {
    if (this.inputEnded && this.peerEnded) void this.finish();
    else this.sideEnded(this.peerEnded && this.input.isTerminal ? 0 : undefined);
  }
}
