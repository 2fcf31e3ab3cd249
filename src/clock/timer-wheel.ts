import type { Clock, Timer } from "./clock.ts";

const SLOTS = 256;
const MASK = SLOTS - 1;

/**
 * A timer of a TimerWheel. Extend it, or give it a callback; make it once and set it again and again: nothing is allocated for that.
 */
export class WheelTimer {
  /** When it falls due, in milliseconds of the wheel's clock; 0: not set. Change it by `TimerWheel.set` and `clear` only. */
  deadline = 0;
  /** The tick that its slot is looked at for it; -1: in no slot. */
  tick = -1;
  previous: WheelTimer | undefined = undefined;
  next: WheelTimer | undefined = undefined;

  /** Called once when the deadline has passed. It may set itself again. */
  fire(): void {
    // Nothing: a subclass says what.
  }
}

/** A WheelTimer that calls a function. */
export class CallbackTimer extends WheelTimer {
  private readonly callback: () => void;

  constructor(callback: () => void) {
    super();
    this.callback = callback;
  }

  override fire(): void {
    this.callback();
  }
}

/**
 * Deadlines for very many connections: a hashed wheel whose timers fire never early and at most one tick late.
 *
 * Moving a deadline later, which every byte on a connection does, is one assignment: the timer stays in its slot and is put further when that
 * comes up. An empty wheel does not tick, and a ticking one does not keep the process alive.
 */
export class TimerWheel {
  readonly clock: Clock;
  private readonly tickMs: number;
  /** Ring lists: each slot's head is a timer of its own. */
  private readonly slots: WheelTimer[];
  private readonly tickNow: () => void;
  private readonly due: WheelTimer[] = [];
  private current = 0;
  private count = 0;
  private ticking: Timer | undefined;

  /** `tickMs`: how late a timer may be (default 100). */
  constructor(clock: Clock, tickMs = 100) {
    this.clock = clock;
    this.tickMs = tickMs;
    this.slots = Array.from({ length: SLOTS }, () => {
      const head = new WheelTimer();
      head.previous = head;
      head.next = head;
      return head;
    });
    this.tickNow = () => this.tick();
  }

  /** How many timers are set (or were cleared and not yet swept). */
  get size(): number {
    return this.count;
  }

  /** Sets or moves a timer to `deadline`, in milliseconds of the wheel's clock. A deadline that has passed fires at the next tick. */
  set(timer: WheelTimer, deadline: number): void {
    timer.deadline = deadline;
    if (timer.tick >= 0) {
      const tick = this.tickOf(deadline);
      if (tick >= timer.tick) return;
      this.unlink(timer);
      this.link(timer, tick);
      return;
    }
    if (this.count === 0) this.begin();
    this.count++;
    this.link(timer, this.tickOf(deadline));
  }

  /** Forgets a timer. It costs one assignment: the slot is swept when it comes up. */
  clear(timer: WheelTimer): void {
    timer.deadline = 0;
  }

  /** Forgets a timer and takes it out at once, so that the wheel keeps nothing of it alive. */
  remove(timer: WheelTimer): void {
    timer.deadline = 0;
    if (timer.tick < 0) return;
    this.unlink(timer);
    timer.tick = -1;
    this.count--;
    if (this.count === 0) this.end();
  }

  private tickOf(deadline: number): number {
    return Math.max(Math.ceil(deadline / this.tickMs), this.current + 1);
  }

  private begin(): void {
    this.current = Math.floor(this.clock.now() / this.tickMs);
    this.schedule();
  }

  private end(): void {
    if (this.ticking !== undefined) this.clock.clearTimer(this.ticking);
    this.ticking = undefined;
  }

  private schedule(): void {
    const delay = (this.current + 1) * this.tickMs - this.clock.now();
    this.ticking = this.clock.setTimer(this.tickNow, Math.max(0, delay), { idle: true });
  }

  private tick(): void {
    this.ticking = undefined;
    const now = this.clock.now();
    const target = Math.floor(now / this.tickMs);
    // After a long stall every slot is looked at once, not once for each tick that was missed.
    const from = Math.max(this.current + 1, target - SLOTS + 1);
    this.current = target;
    for (let tick = from; tick <= target; tick++) this.sweep(this.slots[tick & MASK]!, now);
    this.fireDue(now);
    if (this.count > 0 && this.ticking === undefined) this.schedule();
  }

  /** Puts the timers of a slot where they belong: further, among those due, or nowhere when they were cleared. */
  private sweep(head: WheelTimer, now: number): void {
    let timer = this.takeAll(head);
    while (timer !== undefined) {
      const following: WheelTimer | undefined = timer.next;
      timer.previous = undefined;
      timer.next = undefined;
      if (timer.deadline > now) this.link(timer, this.tickOf(timer.deadline));
      else {
        timer.tick = -1;
        this.count--;
        if (timer.deadline !== 0) this.due.push(timer);
      }
      timer = following;
    }
  }

  /** Fires what fell due. One that was cleared or set anew by a timer before it is left alone. */
  private fireDue(now: number): void {
    if (this.due.length === 0) return;
    for (const timer of this.due.splice(0)) {
      if (timer.tick >= 0 || timer.deadline === 0 || timer.deadline > now) continue;
      timer.deadline = 0;
      timer.fire();
    }
  }

  /** Cuts a slot's timers off as a list that ends with undefined. */
  private takeAll(head: WheelTimer): WheelTimer | undefined {
    const first = head.next;
    const last = head.previous;
    if (first === head || last === undefined) return undefined;
    last.next = undefined;
    head.next = head;
    head.previous = head;
    return first;
  }

  private link(timer: WheelTimer, tick: number): void {
    const head = this.slots[tick & MASK]!;
    const last = head.previous!;
    timer.tick = tick;
    timer.previous = last;
    timer.next = head;
    last.next = timer;
    head.previous = timer;
  }

  private unlink(timer: WheelTimer): void {
    timer.previous!.next = timer.next;
    timer.next!.previous = timer.previous;
    timer.previous = undefined;
    timer.next = undefined;
  }
}
