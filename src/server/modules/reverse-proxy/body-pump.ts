import { copyBytes } from "../../../bytes/index.ts";
import type { BodySink, Fields, RequestBody, RoundTrip } from "../../../http/message/index.ts";
import { stripTrailers } from "./hop-by-hop.ts";

/** Carries a request's body to the upstream, as fast as that takes it. Bytes of which none has left can be sent to another upstream. */
export class BodyPump implements BodySink {
  private readonly body: RequestBody;
  private readonly broken: (error: Error) => void;
  /** What was handed to a round trip that has sent nothing yet; undefined once it is past repeating, or nobody would repeat it. */
  private kept: Uint8Array[] | undefined;
  private trip: RoundTrip | undefined;
  private ended = false;
  private dropped = false;
  private trailers: Fields | undefined;

  /** `keep`: whether there may be another try. `broken` is told when the client's body breaks off. */
  constructor(body: RequestBody, keep: boolean, broken: (error: Error) => void) {
    this.body = body;
    this.kept = keep ? [] : undefined;
    this.broken = broken;
  }

  /** Whether every byte taken so far can be sent again. */
  get repeatable(): boolean {
    return this.kept !== undefined;
  }

  /** Begins to feed a round trip; the first one also begins the reading. */
  feed(trip: RoundTrip): void {
    const first = !this.body.used;
    this.trip = trip;
    if (first) return this.body.attach(this);
    let ready = true;
    for (const chunk of this.kept ?? []) ready = trip.write(chunk);
    if (this.ended) trip.end(this.trailers);
    else if (ready) this.body.resume();
  }

  /** The round trip failed: what comes waits for another one. */
  hold(): void {
    this.trip = undefined;
  }

  /** No round trip will want it any more: what still comes is dropped, as far as the engine lets it come. */
  drop(): void {
    this.trip = undefined;
    this.kept = undefined;
    if (this.dropped || this.ended) return;
    this.dropped = true;
    this.body.resume();
  }

  /** The round trip takes bytes again. */
  resume(): void {
    this.body.resume();
  }

  data(chunk: Uint8Array): void {
    if (this.dropped) return;
    const { trip } = this;
    if (trip?.sent === true) this.kept = undefined;
    // The chunk is borrowed, and what waits for another try must outlive the callback.
    this.kept?.push(copyBytes(chunk));
    if (trip === undefined || !trip.write(chunk)) this.body.pause();
  }

  end(trailers: Fields | undefined): void {
    this.ended = true;
    if (trailers !== undefined) stripTrailers(trailers);
    this.trailers = trailers?.clone();
    this.trip?.end(trailers);
  }

  error(error: Error): void {
    const wanted = !this.dropped;
    this.trip = undefined;
    this.dropped = true;
    if (wanted) this.broken(error);
  }
}
