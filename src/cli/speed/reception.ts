import type { Clock, Timer } from "../../clock/index.ts";
import type { LoadTally } from "./load-tally.ts";
import type { IntervalFigures, ReceivedFigures, SentFigures, TestPlan } from "./message-wire.ts";
import { FIRST_MS, REST_MS } from "./speed-limits.ts";

/** The least part of an interval that is told at the end. */
const LEAST_INTERVAL = 0.1;

/** What a reception is told, and tells. */
export interface ReceptionInit {
  readonly plan: TestPlan;
  readonly clock: Clock;
  readonly tally: LoadTally;
  readonly onInterval: (figures: IntervalFigures) => void;
}

/**
 * The time of one direction's receiver: it begins with the first bytes and lasts as long as the plan says, by this side's clock alone; a sender that says nothing more does not
 * make it longer. What comes after it is not counted.
 */
export class Reception {
  /** What had arrived when it was over. */
  readonly done: Promise<ReceivedFigures>;
  private readonly init: ReceptionInit;
  private readonly settled = Promise.withResolvers<ReceivedFigures>();
  private sent: SentFigures | undefined = undefined;
  private interval: Timer | undefined = undefined;
  private limit: Timer | undefined = undefined;
  private ranOut = false;
  private isOver = false;

  constructor(init: ReceptionInit) {
    this.init = init;
    this.done = this.settled.promise;
    this.endIn(init.plan.timeMs + FIRST_MS);
  }

  get over(): boolean {
    return this.isOver;
  }

  /** Something has arrived and was counted. */
  arrived(): void {
    if (this.isOver) return;
    if (this.sent !== undefined && this.restMs() === 0) this.end();
    else if (this.interval === undefined) this.begin();
  }

  /** The sender has said that it stopped: what does not come soon was lost. */
  senderStopped(sent: SentFigures): void {
    if (this.isOver) return;
    this.sent = sent;
    if (this.init.plan.protocol === "tcp" && this.interval !== undefined) return;
    // The wait for what is late is no interval.
    if (this.interval !== undefined) this.init.clock.clearTimer(this.interval);
    this.endIn(this.restMs());
  }

  /** Nothing more will come. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    const { clock, tally } = this.init;
    if (this.limit !== undefined) clock.clearTimer(this.limit);
    if (this.interval !== undefined) clock.clearTimer(this.interval);
    const udp = tally.udp(this.sent?.packets);
    const ms = this.lasted();
    this.tellLastInterval();
    this.settled.resolve({ bytes: tally.bytes, ms, ...(udp === undefined ? undefined : { udp }) });
  }

  private begin(): void {
    const { plan } = this.init;
    // Datagrams that wait in queues on the way come after the sender's end, and are part of what it sent.
    if (this.sent === undefined) this.endIn(plan.protocol === "tcp" ? plan.timeMs : plan.timeMs + REST_MS);
    this.interval = this.init.clock.setTimer(() => this.cut(), plan.intervalMs);
  }

  /** When everything has come there is nothing to wait for. */
  private restMs(): number {
    return this.init.tally.udp(this.sent?.packets)?.lost === 0 ? 0 : REST_MS;
  }

  /** What is left of the time since the last interval; a rest that says nothing is not told. */
  private tellLastInterval(): void {
    const { clock, onInterval, plan, tally } = this.init;
    if (tally.firstAt === undefined || tally.lastAt === undefined) return;
    const end = this.ranOut && plan.protocol === "tcp" ? clock.now() : tally.lastAt;
    const last = tally.cut(end);
    if (last.fromMs === 0 || last.toMs - last.fromMs >= plan.intervalMs * LEAST_INTERVAL) onInterval(last);
  }

  /** A stream that stalls at its end lasts as long as the plan says; one whose sender ended early, as long as it came. Slow datagrams stand for the time up to the next one, too. */
  private lasted(): number {
    const { clock, plan, tally } = this.init;
    const { firstAt, lastAt } = tally;
    if (firstAt === undefined || lastAt === undefined) return 0;
    if (plan.protocol === "udp") return Math.max(lastAt - firstAt, this.sent?.ms ?? 0);
    return this.ranOut ? clock.now() - firstAt : lastAt - firstAt;
  }

  private endIn(ms: number): void {
    const { clock } = this.init;
    if (this.limit !== undefined) clock.clearTimer(this.limit);
    this.limit = clock.setTimer(() => {
      this.ranOut = true;
      this.end();
    }, ms);
  }

  private cut(): void {
    const { clock, onInterval, plan, tally } = this.init;
    onInterval(tally.cut(clock.now()));
    // By the first arrival, not by the last cut: timers are late, or a little early, and that would add up.
    const passed = clock.now() - (tally.firstAt ?? clock.now());
    const next = (Math.round(passed / plan.intervalMs) + 1) * plan.intervalMs;
    if (!this.isOver) this.interval = clock.setTimer(() => this.cut(), next - passed);
  }
}
