import { copyBytes } from "../bytes/index.ts";
import { type TimerWheel, WheelTimer } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NetError } from "./net-error.ts";
import type { Packet, ReceivedInto } from "./packet-conn.ts";
import { PacketInbox } from "./packet-inbox.ts";
import { IntoReceiver, OneReceiver, type Receiver } from "./packet-receiver.ts";
import { DEADLINE_PASSED, failedBefore, Pending, type WaitFailure } from "./pending.ts";

/** The deadline for receiving. */
class ReadTimer extends WheelTimer {
  private readonly passed: () => void;

  constructor(passed: () => void) {
    super();
    this.passed = passed;
  }

  override fire(): void {
    this.passed();
  }
}

/** What receiving takes from the socket. */
export interface ReceptionSteps {
  /** Receives up to `max` datagrams that are there, at once. */
  receiveNow(max: number): void;
  /** Somebody receives again. */
  wanted(): void;
  /** Whether a sink takes what comes; it is then told of the deadline. */
  toldTimeout(): boolean;
  /** Why a receive ended, or did not begin. */
  ending(why: WaitFailure): NetError;
}

/** Receiving in pull mode: who waits, what is kept for whoever comes, the deadline, and an error that nobody has been told yet. */
export class PacketReception {
  readonly inbox: PacketInbox = new PacketInbox();
  private readonly steps: ReceptionSteps;
  private readonly wheel: TimerWheel;
  private receiver: Receiver | undefined = undefined;
  private timer: ReadTimer | undefined = undefined;
  private failure: NetError | undefined = undefined;
  private over = false;

  constructor(steps: ReceptionSteps, wheel: TimerWheel) {
    this.steps = steps;
    this.wheel = wheel;
  }

  /** Whether nothing more will come. */
  get isOver(): boolean {
    return this.over;
  }

  /** Whether a receive waits. */
  get waits(): boolean {
    return this.receiver !== undefined;
  }

  /** Whether a packet of up to RECORD_MAX bytes would be taken, now or out of a short queue. */
  get hasRoom(): boolean {
    return this.receiver !== undefined || this.inbox.hasRoom;
  }

  get deadline(): number {
    return this.timer === undefined ? 0 : this.timer.deadline;
  }

  set deadline(deadline: number) {
    if (deadline !== 0) this.wheel.set((this.timer ??= new ReadTimer(() => this.deadlinePassed())), deadline);
    else if (this.timer !== undefined) this.wheel.clear(this.timer);
  }

  /** The next packet that was kept; undefined for none. Throws NetError: what a receive with these limits fails with. */
  kept(options: WaitOptions | undefined): Packet | undefined {
    const before = options === undefined ? undefined : failedBefore(options, this.wheel);
    if (before !== undefined) throw this.steps.ending(before);
    const packet = this.inbox.shift();
    if (packet !== undefined) {
      this.steps.wanted();
      return packet;
    }
    const failure = this.takeFailure();
    if (failure !== undefined) throw failure;
    return this.over || !this.isLate ? undefined : this.inTime();
  }

  /** Waits for the next packet, or the end. The caller awaits it itself: each function between would cost a turn of its own. */
  wait(options: WaitOptions | undefined): Pending<Packet | null> {
    const pending = new Pending<Packet | null>(options, this.wheel, this.limitPassed);
    this.await(new OneReceiver(pending));
    return pending;
  }

  /** Waits for the next packet in the caller's buffer, or the end. */
  waitInto(buffer: Uint8Array, options: WaitOptions | undefined): Pending<ReceivedInto | null> {
    const pending = new Pending<ReceivedInto | null>(options, this.wheel, this.limitPassed);
    this.await(new IntoReceiver(pending, buffer));
    return pending;
  }

  /** Hands a datagram, whose bytes are borrowed, to who waits, or keeps it; false when there was no room for it. */
  take(data: Uint8Array, from: Endpoint, to: Endpoint | undefined, truncated: boolean): boolean {
    const receiver = this.release();
    if (receiver !== undefined) receiver.take(data, from, to, truncated);
    else if (this.inbox.fits(data.length)) this.inbox.push({ data: copyBytes(data), from, to, truncated });
    else return false;
    return true;
  }

  /** Ends the receive that waits with an error; returns whether one waited. */
  fail(error: NetError): boolean {
    const receiver = this.release();
    receiver?.fail(error);
    return receiver !== undefined;
  }

  /** Keeps an error for whatever is called next. */
  keepFailure(error: NetError): void {
    this.failure = error;
  }

  /** The error that nobody has been told yet, once. */
  takeFailure(): NetError | undefined {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  /** Nothing more will come. */
  end(): void {
    this.over = true;
    this.release()?.end();
  }

  /** Forgets what was kept. */
  clear(): void {
    this.inbox.clear();
    this.failure = undefined;
  }

  /** Ends it, and the deadline. */
  close(): void {
    if (this.timer !== undefined) this.wheel.remove(this.timer);
    this.end();
  }

  private release(): Receiver | undefined {
    const { receiver } = this;
    this.receiver = undefined;
    return receiver;
  }

  private await(receiver: Receiver): void {
    this.receiver = receiver;
    this.steps.wanted();
  }

  private get isLate(): boolean {
    return this.deadline !== 0 && this.deadline <= this.wheel.clock.now();
  }

  /** What had come before the deadline passed. Throws NetError where nothing had. */
  private inTime(): Packet | undefined {
    this.steps.receiveNow(1);
    const packet = this.inbox.shift();
    if (packet === undefined && !this.over) throw this.steps.ending(DEADLINE_PASSED);
    return packet;
  }

  private readonly limitPassed = (why: WaitFailure): void => {
    this.release()?.fail(this.steps.ending(why));
  };

  private deadlinePassed(): void {
    if (!this.steps.toldTimeout()) this.limitPassed(DEADLINE_PASSED);
  }
}
