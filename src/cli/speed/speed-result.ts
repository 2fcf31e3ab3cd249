import type { Endpoint } from "../../net/index.ts";
import type { LatencyFigures } from "./latency-tally.ts";
import type { Direction, IntervalFigures, ReceivedFigures, SentFigures, TcpFigures, TestPlan } from "./message-wire.ts";

/** A part of the test, with what the sender's system knew of its connections by then. */
export interface IntervalResult extends IntervalFigures {
  readonly bitsPerSecond: number;
  readonly tcp?: TcpFigures | undefined;
}

/** What was measured in one direction. */
export interface DirectionResult {
  /** What arrived, by the receiver's clock: the goodput. */
  readonly received: ReceivedFigures & { readonly bitsPerSecond: number };
  readonly sent: SentFigures & { readonly bitsPerSecond: number };
  readonly intervals: readonly IntervalResult[];
}

/** What a test has measured. */
export interface SpeedResult extends TestPlan {
  readonly server: Endpoint;
  /** Round trips of a small message on a TCP connection of its own, before the load and under it. */
  readonly latency: { readonly idle: LatencyFigures | undefined; readonly loaded: LatencyFigures | undefined };
  readonly up?: DirectionResult | undefined;
  readonly down?: DirectionResult | undefined;
}

/** What a test tells while it runs. */
export interface SpeedHooks {
  readonly onConnected?: (server: Endpoint, plan: TestPlan) => void;
  readonly onIdleLatency?: (figures: LatencyFigures | undefined) => void;
  readonly onInterval?: (direction: Direction, interval: IntervalResult) => void;
}

/** Bits a second; 0 where no time passed. */
export function bitsPerSecond(bytes: number, ms: number): number {
  return ms > 0 ? (bytes * 8000) / ms : 0;
}

/** Figures with their rate. */
export function withRate<Figures extends { readonly bytes: number; readonly ms: number }>(
  figures: Figures,
): Figures & { readonly bitsPerSecond: number } {
  return { ...figures, bitsPerSecond: bitsPerSecond(figures.bytes, figures.ms) };
}
