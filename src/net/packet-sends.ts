import { ERRNO } from "../sys/index.ts";
import type { OutgoingPacket } from "./packet-conn.ts";
import type { Pending } from "./pending.ts";

/** Packets that wait for room. */
export interface WaitingPackets {
  readonly packets: readonly OutgoingPacket[];
  /** How many of them have gone out. */
  sent: number;
  readonly pending: Pending<void>;
}

/** How waiting packets are sent. */
export interface SendSteps {
  /** Sends from `start` on; how many went, or an error number negated. */
  transmit(packets: readonly OutgoingPacket[], start: number): number;
  failure(packets: readonly OutgoingPacket[], sent: number, errno: number): Error;
}

/** Sends that wait for the system to have room, in their order. */
export class PacketSends {
  private readonly steps: SendSteps;
  private waiting: WaitingPackets[] = [];

  constructor(steps: SendSteps) {
    this.steps = steps;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** The packet that goes next. */
  get next(): OutgoingPacket | undefined {
    const [first] = this.waiting;
    return first?.packets[first.sent];
  }

  /** How many went out already of the send that has the next packet. */
  get sent(): number {
    return this.waiting[0]?.sent ?? 0;
  }

  add(send: WaitingPackets): void {
    this.waiting.push(send);
  }

  /** Forgets one that its own limits ended; returns whether it was the one that goes next. */
  remove(send: WaitingPackets): boolean {
    const wasNext = this.waiting[0] === send;
    this.waiting = this.waiting.filter((other) => other !== send);
    return wasNext;
  }

  /** Ends the one that goes next, for which nothing can be done. */
  failNext(error: Error): void {
    this.waiting.shift()?.pending.reject(error);
  }

  /** Sends what there is room for; returns whether nothing waits any more. */
  flush(): boolean {
    for (let send = this.waiting[0]; send !== undefined; send = this.waiting[0]) {
      const went = send.sent === send.packets.length ? 0 : this.steps.transmit(send.packets, send.sent);
      if (went === -ERRNO.EAGAIN) return false;
      if (went > 0) send.sent += went;
      if (went >= 0 && send.sent < send.packets.length) continue;
      this.waiting.shift();
      if (went < 0) send.pending.reject(this.steps.failure(send.packets, send.sent, went));
      else send.pending.resolve();
    }
    return true;
  }

  /** Ends all that wait with the error that `of` makes for each. */
  fail(of: (send: WaitingPackets) => Error): void {
    for (const send of this.waiting.splice(0)) send.pending.reject(of(send));
  }
}
