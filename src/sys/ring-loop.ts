import { realClock } from "../clock/index.ts";
import { closeDescriptor, makeEventDescriptor } from "./descriptor.ts";
import { ERRNO } from "./errno.ts";
import { type Readiness, watchReadiness } from "./readiness.ts";
import { Ring, RING_FLAGS } from "./ring.ts";
import { SystemError } from "./system-error.ts";

/** Operations that wait to be handed over at a time. */
const ENTRIES = 1024;
/** The rest of the process has its turn at least as often, in milliseconds. */
const TURN_MS = 2;
const TIMER = -1;
const CODES = { send: 26, receive: 27 };
/** Send all of it, however often the peer has to make room; no SIGPIPE. */
const SEND_OPTIONS = 0x100 | 0x4000;
const SEND_FLAGS: number = RING_FLAGS.link | RING_FLAGS.silent;

/** Who receives and sends by a RingLoop: what it says of itself holds for the operations that are begun then. */
export interface RingTask {
  /** The descriptor to receive from. */
  readonly from: number;
  /** The descriptor to send to. */
  readonly to: number;
  /** Memory that does not move (PagePool), and how much of it is received into. */
  readonly room: number;
  readonly size: number;
  /** Where in it what is to be sent begins and ends. */
  readonly start: number;
  readonly stop: number;
  /** A receive is over: the bytes that came, 0 at the end of the stream, or an error number negated. The memory is the task's again. */
  received(result: number): void;
  /** A send is over that did not send everything: how much it sent, or an error number negated. The receive that should have followed does not come. */
  sentLess(result: number): void;
}

/**
 * The thread's io_uring, inside the runtime's event loop: receives and sends of many sockets are handed to the system in one call, and their results come in the same call.
 *
 * A task has one receive in flight at most. It must keep the memory until `received`, and the descriptors open: closing one ends nothing here.
 */
export class RingLoop {
  /**
   * Under load, waits for more inside the system and goes back to the loop every 2 ms only. That saves the loop's turn, some 2 µs, each time something comes, and lets
   * everything else in the process wait as long: for a process that does nothing else. Default false.
   */
  patient = false;
  /** Counts turns of 2 ms at most, so that what holds for one turn is found out once. */
  turns = 0;
  private readonly ring: Ring;
  private readonly readiness: Readiness;
  private readonly tasks: (RingTask | undefined)[] = [];
  private readonly free: number[] = [];
  private holding = 0;
  private turning = false;
  /** Whether a turn is arranged. */
  private comes = false;
  /** Whether a timer runs, and whether it rang. */
  private timed = false;
  private rang = false;

  /** For `ringLoop` only. */
  constructor(ring: Ring, eventfd: number) {
    this.ring = ring;
    ring.notify(eventfd);
    this.readiness = watchReadiness(eventfd, () => {
      if (!this.comes) this.turn();
    });
    this.readiness.unref();
  }

  /** Gives a task a number, which keeps the process alive until `remove`. */
  add(task: RingTask): number {
    const id = this.free.pop() ?? this.tasks.length;
    this.tasks[id] = task;
    if (this.holding++ === 0) this.readiness.ref();
    return id;
  }

  /** Forgets a task that has nothing in flight. */
  remove(id: number): void {
    this.tasks[id] = undefined;
    this.free.push(id);
    if (--this.holding === 0) this.readiness.unref();
  }

  /** Receives. */
  receive(id: number, { from, room, size }: RingTask): void {
    this.make(1);
    this.ring.put(CODES.receive, 0, from, room, size, 0, id << 1);
  }

  /** Sends what is to be sent, however long that takes, and then receives. */
  pass(id: number, task: RingTask): void {
    this.make(2);
    const { room, start, stop, to } = task;
    this.ring.put(CODES.send, SEND_FLAGS, to, room + start, stop - start, SEND_OPTIONS, (id << 1) | 1);
    this.receive(id, task);
  }

  /** Makes room for operations that must be handed over together. */
  private make(count: number): void {
    if (this.ring.room < count) this.ring.enter();
    if (this.ring.room < count) throw new SystemError("io_uring_enter", ERRNO.ENOBUFS);
    if (this.turning || this.comes) return;
    this.comes = true;
    queueMicrotask(this.come);
  }

  /** A turn that was arranged; there is one arranged at most, so that the loop's other work is not held up by several. */
  private readonly come = (): void => {
    this.comes = false;
    this.turn();
  };

  private turn(): void {
    this.turns++;
    this.turning = true;
    this.ring.silence(true);
    let goesOn = false;
    try {
      goesOn = this.patient && this.holding > 0 ? this.stay() : this.visit(realClock.now() + TURN_MS);
    } finally {
      this.ring.silence(false);
      this.turning = false;
    }
    // What came before it was silent no longer is told to nobody.
    if (this.comes || !(goesOn || this.isReady)) return;
    this.comes = true;
    setImmediate(this.come);
  }

  private get isReady(): boolean {
    return this.ring.waiting > 0 || this.ring.isReady;
  }

  /** Does what there is to do now; returns whether there may be more. */
  private visit(until: number): boolean {
    const { ring } = this;
    for (;;) {
      if (ring.waiting > 0 || ring.hasWork) ring.enter();
      if (ring.take(this.tell) === 0 && !this.isReady) return false;
      if (realClock.now() >= until) return true;
    }
  }

  /** Does what comes until a timer rings: waiting by a limit of each wait's own would set a timer in the hardware each time. Returns whether anything came. */
  private stay(): boolean {
    const { ring } = this;
    let came = 0;
    this.rang = false;
    while (!this.rang && this.holding > 0) {
      if (!this.timed) this.setTimer();
      ring.enter(true);
      came += ring.take(this.tell);
    }
    return came > 1;
  }

  private setTimer(): void {
    this.timed = true;
    if (this.ring.room === 0) this.ring.enter();
    this.ring.putTimer(TURN_MS, TIMER);
  }

  /** One that throws must not keep the others from being told. */
  private readonly tell = (token: number, result: number): void => {
    if (token === TIMER) {
      this.timed = false;
      this.rang = true;
      return;
    }
    try {
      const task = this.tasks[token >> 1];
      if ((token & 1) === 0) task?.received(result);
      else task?.sentLess(result);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}

let loop: RingLoop | "none" | undefined;

/** The thread's, which lives as long as the thread; undefined where the system has no io_uring that serves. */
export function ringLoop(): RingLoop | undefined {
  loop ??= open() ?? "none";
  return loop === "none" ? undefined : loop;
}

function open(): RingLoop | undefined {
  const ring = Ring.open(ENTRIES);
  if (ring === undefined) return undefined;
  let eventfd: number | undefined;
  try {
    eventfd = makeEventDescriptor();
    return new RingLoop(ring, eventfd);
  } catch {
    // Descriptors have run short: there are other ways, and another time.
    if (eventfd !== undefined) closeDescriptor(eventfd);
    ring.close();
    return undefined;
  }
}
