import { type TimerWheel, WheelTimer } from "../clock/index.ts";
import { fromSystemError, type NetError } from "../net/index.ts";
import {
  closeDescriptor,
  endSending,
  resetSocket,
  type RingLoop,
  socketQueues,
  SystemError,
  tcpInfo,
} from "../sys/index.ts";
import type { RelayEnd, RelayFailure, RelayResult } from "./relay.ts";
import { RingFlow, type RingFlowOwner } from "./ring-flow.ts";

/** What a RingPair is run with. */
export interface RingPairInit {
  readonly ring: RingLoop;
  readonly network: string;
  /** The client's socket, which the pair owns. */
  readonly client: number;
  readonly wheel: TimerWheel;
  /** 0: never idle. */
  readonly idleMs: number;
  /** The client was cut off before there was a target. */
  readonly left: () => void;
  /** It is over, and both descriptors are closed. */
  readonly over: (pair: RingPair, result: RelayResult) => void;
}

/**
 * A client and its target, joined inside the system: what `relay` does for Conns, with the same outcomes. The client is received from at once, so that one that leaves while its target is being dialled
 * is noticed; what it sent waits.
 *
 * Idle is a pair in which nothing came for `idleMs`, and nothing that came is still being taken by a slow reader; the latter is found out by looking twice, so that one that takes nothing may last twice as long.
 */
export class RingPair extends WheelTimer implements RingFlowOwner {
  readonly forth: RingFlow;
  readonly back: RingFlow;
  private readonly init: RingPairInit;
  private target = -1;
  private end: RelayEnd | undefined = undefined;
  private failure: RelayFailure | undefined = undefined;
  private now = 0;
  private turn = -1;
  private stillUnsent = "";

  constructor(init: RingPairInit) {
    super();
    this.init = init;
    this.forth = new RingFlow("a", init.ring, this);
    this.back = new RingFlow("b", init.ring, this);
    this.forth.begin(init.client);
  }

  /** Whether there ever was a target. */
  get joined(): boolean {
    return this.target >= 0;
  }

  get cutting(): boolean {
    return this.end !== undefined && this.end !== "ended";
  }

  /** Takes over the target's socket. */
  reached(target: number): void {
    if (this.end !== undefined) {
      closeDescriptor(target);
      return;
    }
    this.target = target;
    this.waitAnew();
    this.back.begin(target);
    this.back.sendTo(this.init.client);
    this.forth.sendTo(target);
  }

  moved(): void {
    const { idleMs, ring, wheel } = this.init;
    if (idleMs === 0 || !this.joined || this.end !== undefined) return;
    if (ring.turns !== this.turn) {
      this.turn = ring.turns;
      this.now = wheel.clock.now();
    }
    this.stillUnsent = "";
    wheel.set(this, this.now + idleMs);
  }

  /** Begins the idle time anew outside a turn of the ring, when the last one's time is past. */
  private waitAnew(): void {
    this.turn = -1;
    this.moved();
  }

  ended(flow: RingFlow): void {
    endSending(flow === this.forth ? this.target : this.init.client);
    if (!this.forth.ended || !this.back.ended) return;
    this.end = "ended";
    this.finish();
  }

  failed(flow: RingFlow, side: "from" | "to", errno: number): void {
    const failing = (side === "from") === (flow === this.forth) ? "a" : "b";
    this.failure = { side: failing, error: this.errorOf(side === "from" ? "read" : "write", errno) };
    this.cut("failed");
  }

  stopped(): void {
    if (!this.forth.inFlight && !this.back.inFlight) this.finish();
  }

  /** Resets both sides; it is over when nothing is in flight any more. */
  cut(end: RelayEnd): void {
    if (this.end !== undefined) return;
    this.end = end;
    resetSocket(this.init.client);
    if (this.joined) resetSocket(this.target);
    else this.init.left();
    this.stopped();
  }

  override fire(): void {
    const unsent = this.unsent();
    if (unsent === "" || unsent === this.stillUnsent) {
      this.cut("idle");
      return;
    }
    this.waitAnew();
    this.stillUnsent = unsent;
  }

  /** What the two sides have not taken yet, as text to compare; "" when nothing is left. */
  private unsent(): string {
    return [this.init.client, this.target].map((fd) => (fd < 0 ? "" : unsentAt(fd))).join("");
  }

  private finish(): void {
    const { client, over, wheel } = this.init;
    wheel.remove(this);
    closeDescriptor(client);
    if (this.joined) closeDescriptor(this.target);
    this.forth.release();
    this.back.release();
    const { end = "failed", failure } = this;
    over(this, { aToB: this.forth.passed, bToA: this.back.passed, end, failure });
  }

  private errorOf(op: string, errno: number): NetError {
    return fromSystemError(new SystemError(op, errno), { op, network: this.init.network });
  }
}

function unsentAt(fd: number): string {
  const { unacknowledged } = socketQueues(fd);
  if (unacknowledged === 0) return "";
  return `${unacknowledged}/${acknowledgedAt(fd)} `;
}

/** Of a socket whose queue is filled as fast as it is emptied, only this shows that its peer reads. */
function acknowledgedAt(fd: number): number {
  try {
    return tcpInfo(fd).bytesAcked ?? 0;
  } catch (error) {
    // A Unix socket.
    if (error instanceof SystemError) return 0;
    throw error;
  }
}
