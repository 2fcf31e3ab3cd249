import type { TimerWheel } from "../clock/index.ts";
import { ERRNO } from "../sys/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NetError } from "./net-error.ts";
import { inCallback } from "./output.ts";
import type { OutgoingPacket } from "./packet-conn.ts";
import { Pending, type WaitFailure } from "./pending.ts";

/** Packets that wait for room. */
interface WaitingPackets {
  readonly packets: readonly OutgoingPacket[];
  /** How many of them have gone out. */
  sent: number;
  readonly pending: Pending<void>;
}

/** How waiting packets are sent. */
export interface SendSteps {
  /** Sends from `start` on; how many went, or an error number negated. */
  transmit(packets: readonly OutgoingPacket[], start: number): number;
  /** Begins or ends to wait for room, of which `roomChanged` is told; `to`: whom the packet is for that had none. Throws SystemError where that cannot be waited for. */
  watchRoom(on: boolean, to: Endpoint | undefined): void;
  /** There is room again after `awaitDrain`. */
  drained(): void;
  /** Why the packet after those that were sent was refused, or cannot wait. `cause`: an error number negated, or a SystemError. */
  refusal(cause: unknown, to: Endpoint | undefined, packetsSent: number | undefined): NetError;
  /** Why a wait ended that nobody refused. */
  ending(why: WaitFailure, packetsSent: number): NetError;
}

/** Sends that wait for the system to have room, in their order, and whoever is to be told of room behind them. */
export class PacketSends {
  private readonly steps: SendSteps;
  private readonly wheel: TimerWheel;
  private waiting: WaitingPackets[] = [];
  private wantsDrain = false;
  /** Whom the packet was for that there was no room for, of which `drained` is to tell. */
  private drainTo: Endpoint | undefined = undefined;
  private isClosed = false;

  constructor(steps: SendSteps, wheel: TimerWheel) {
    this.steps = steps;
    this.wheel = wheel;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Sends packets, `sent` of which have gone out, as soon as there is room. Throws NetError. */
  async wait(packets: readonly OutgoingPacket[], sent: number, options: WaitOptions | undefined): Promise<void> {
    const pending = new Pending<void>(options, this.wheel, (why) => {
      this.remove(send);
      pending.reject(this.steps.ending(why, send.sent));
    });
    const send: WaitingPackets = { packets, sent, pending };
    if (this.waiting.push(send) === 1) this.awaitRoomForNext();
    return await pending.promise;
  }

  /** Tells of room for a packet once there is some, and nothing waits in front of it any more. Throws NetError. */
  awaitDrain(to: Endpoint | undefined): void {
    const error = this.isEmpty ? this.awaitRoom(to, undefined) : undefined;
    if (error !== undefined) throw error;
    this.wantsDrain = true;
    this.drainTo = to;
  }

  /** There may be room for what waits. */
  roomChanged(): void {
    if (!this.isClosed && (this.wantsDrain || !this.isEmpty)) this.flush();
  }

  /** Ends all that wait. */
  close(): void {
    this.isClosed = true;
    for (const { pending, sent } of this.waiting.splice(0))
      pending.reject(this.steps.ending({ code: "ECANCELED" }, sent));
  }

  /** Forgets a send that its own limits ended. No callback runs inside a call, such as that of an abort. */
  private remove(send: WaitingPackets): void {
    const wasNext = this.waiting[0] === send;
    this.waiting = this.waiting.filter((other) => other !== send);
    if (wasNext) queueMicrotask(() => inCallback(() => this.nextChanged()));
  }

  /** What waited in front is gone, and with it whoever had no room for it. */
  private nextChanged(): void {
    if (this.isClosed) return;
    if (!this.isEmpty) this.flush();
    else if (!this.wantsDrain) this.steps.watchRoom(false, undefined);
    // Telling of a drain makes the sink try, and learn why there is no room.
    else if (this.awaitRoom(this.drainTo, undefined) !== undefined) this.flush();
  }

  private flush(): void {
    while (!this.sendWaiting()) if (this.awaitRoomForNext()) return;
    this.steps.watchRoom(false, undefined);
    if (!this.wantsDrain) return;
    this.wantsDrain = false;
    this.steps.drained();
  }

  /** Sends what there is room for; returns whether nothing waits any more. */
  private sendWaiting(): boolean {
    for (let send = this.waiting[0]; send !== undefined; send = this.waiting[0]) {
      const went = send.sent === send.packets.length ? 0 : this.steps.transmit(send.packets, send.sent);
      if (went === -ERRNO.EAGAIN) return false;
      if (went > 0) send.sent += went;
      if (went >= 0 && send.sent < send.packets.length) continue;
      this.waiting.shift();
      if (went < 0) send.pending.reject(this.steps.refusal(went, send.packets[send.sent]?.to, send.sent));
      else send.pending.resolve();
    }
    return true;
  }

  /** Waits for room for what goes next; returns false when that cannot be, and it has failed. */
  private awaitRoomForNext(): boolean {
    const [next] = this.waiting;
    if (next === undefined) return true;
    const error = this.awaitRoom(next.packets[next.sent]?.to, next.sent);
    if (error === undefined) return true;
    this.waiting.shift();
    next.pending.reject(error);
    return false;
  }

  /** Waits for room for a packet; returns why that cannot be. */
  private awaitRoom(to: Endpoint | undefined, packetsSent: number | undefined): NetError | undefined {
    try {
      this.steps.watchRoom(true, to);
      return undefined;
    } catch (error) {
      return this.steps.refusal(error, to, packetsSent);
    }
  }
}
