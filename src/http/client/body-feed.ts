import type { RoundTrip } from "../message/index.ts";
import type { ClientRequest } from "./client-request.ts";

/** Bytes are handed over in pieces of this length, so that a large body is not copied while it waits. */
const PIECE = 64 * 1024;

/** Sends the body of a request as fast as the server takes it. */
export class BodyFeed {
  private readonly body: NonNullable<ClientRequest["body"]>;
  private readonly onError: (error: unknown) => void;
  /** The trip, until it needs no more. */
  private trip: RoundTrip | undefined;
  private waiting: (() => void) | undefined = undefined;

  /** `onError` hears what the source throws. */
  constructor(body: NonNullable<ClientRequest["body"]>, trip: RoundTrip, onError: (error: unknown) => void) {
    this.body = body;
    this.trip = trip;
    this.onError = onError;
    void this.run();
  }

  /** The trip takes bytes again. */
  drain(): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.();
  }

  /** The trip is over, or given up: nothing more is sent. */
  stop(): void {
    this.trip = undefined;
    this.drain();
  }

  private async run(): Promise<void> {
    try {
      const { body } = this;
      for await (const chunk of body instanceof Uint8Array ? piecesOf(body) : body) {
        if (this.trip === undefined) return;
        if (!this.trip.write(chunk)) await this.drained();
      }
      this.trip?.end();
    } catch (error) {
      if (this.trip !== undefined) this.onError(error);
    }
  }

  private async drained(): Promise<void> {
    if (this.trip === undefined) return;
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
    });
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
