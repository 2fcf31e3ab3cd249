import { LoadTally } from "./load-tally.ts";
import type { ReceivedFigures, SentFigures } from "./message-wire.ts";
import { packetSentMs, packetSequence } from "./packet-wire.ts";
import { Reception, type ReceptionInit } from "./reception.ts";
import type { LoadReceiver } from "./stream-receiver.ts";

/** Counts the datagrams of one direction, which others receive for it. */
export class DatagramReceiver implements LoadReceiver {
  private readonly tally: LoadTally;
  private readonly reception: Reception;
  private readonly init: Omit<ReceptionInit, "tally">;

  constructor(init: Omit<ReceptionInit, "tally">) {
    this.init = init;
    this.tally = new LoadTally(init.plan.streams);
    this.reception = new Reception({ ...init, tally: this.tally });
  }

  get done(): Promise<ReceivedFigures> {
    return this.reception.done;
  }

  /** A datagram of load came on the stream with this place. The bytes are borrowed. */
  take(stream: number, view: DataView): void {
    if (this.reception.over) return;
    const packet = { sequence: packetSequence(view), sentMs: packetSentMs(view), bytes: view.byteLength };
    this.tally.packetArrived(stream, packet, this.init.clock.now());
    this.reception.arrived();
  }

  senderStopped(sent: SentFigures): void {
    this.reception.senderStopped(sent);
  }

  stop(): void {
    this.reception.end();
  }
}
