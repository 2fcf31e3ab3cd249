import type { Conn } from "../../net/index.ts";
import { LoadTally } from "./load-tally.ts";
import type { ReceivedFigures, SentFigures } from "./message-wire.ts";
import { Reception, type ReceptionInit } from "./reception.ts";

/** Takes the load of one direction. */
export interface LoadReceiver {
  /** What had arrived when it was over: never rejects. */
  readonly done: Promise<ReceivedFigures>;
  /** The other side has told what it sent. */
  senderStopped(sent: SentFigures): void;
  /** Ends it now. */
  stop(): void;
}

/** Takes the load of TCP streams, which it closes at its end. */
export class StreamReceiver implements LoadReceiver {
  private readonly tally = new LoadTally();
  private readonly reception: Reception;
  private readonly conns: readonly Conn[];
  private open: number;

  constructor(conns: readonly Conn[], init: Omit<ReceptionInit, "tally">) {
    this.conns = conns;
    this.open = conns.length;
    this.reception = new Reception({ ...init, tally: this.tally });
    const { clock } = init;
    for (const conn of conns) {
      conn.attach({
        data: (chunk) => {
          if (this.reception.over) return;
          this.tally.bytesArrived(chunk.length, clock.now());
          this.reception.arrived();
        },
        drain: () => undefined,
        end: () => conn.abort(),
        close: () => this.ended(),
        timeout: () => undefined,
      });
    }
    void this.done.then(() => this.abortAll());
  }

  get done(): Promise<ReceivedFigures> {
    return this.reception.done;
  }

  senderStopped(sent: SentFigures): void {
    this.reception.senderStopped(sent);
  }

  stop(): void {
    this.reception.end();
  }

  private ended(): void {
    this.open--;
    if (this.open === 0) this.reception.end();
  }

  private abortAll(): void {
    for (const conn of this.conns) conn.abort();
  }
}
