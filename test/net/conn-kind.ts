import type { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import type { Conn, ConnTraits } from "../../src/net/index.ts";

/** What a pair of Conns is timed by. */
export interface PairTime {
  readonly clock: SimulatedClock;
  readonly wheel: TimerWheel;
}

/** A kind of Conn, as the suite sees it. */
export interface ConnKind {
  readonly name: string;
  readonly traits: ConnTraits;
  /** Two Conns that are joined, both timed by `time` where it is given. */
  pair(time?: PairTime): Promise<readonly [Conn, Conn]>;
  /** Gives back what `pair` made besides the Conns. */
  dispose?(): Promise<void>;
}
