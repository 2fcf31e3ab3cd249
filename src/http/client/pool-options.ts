import type { Clock, TimerWheel } from "../../clock/index.ts";
import type { Conn } from "../../net/index.ts";
import type { ClientLimits } from "../h1/index.ts";
import type { Origin } from "./origin.ts";

/** What the pools of a client hold to. 0 means no limit where one is counted, and no time-out where one is timed. */
export interface PoolOptions {
  /** Connections to one origin, those that are being made included (default 0: no limit). Requests beyond it wait. */
  readonly maxConnsPerOrigin: number;
  /** Idle connections kept to one origin (default 32): what is more is closed once nobody has needed it for a second. 0: none is kept. */
  readonly maxIdlePerOrigin: number;
  /** Idle connections kept to all origins together (default 0: no limit). */
  readonly maxIdle: number;
  /** Whether a connection serves more than one request (default true). */
  readonly keepAlive: boolean;
  /** How long an idle connection is kept (default 120,000 ms); it may be a sixteenth more. */
  readonly idleTimeoutMs: number;
  /** How long a request waits for a connection when `maxConnsPerOrigin` is reached (default 30,000 ms). */
  readonly waitTimeoutMs: number;
  /** Whether idle connections let the process end. */
  readonly unrefIdle: boolean;
  /** Bounds of each connection. */
  readonly limits: ClientLimits;
  readonly clock: Clock;
  /** What waits run on; its clock is the same one. */
  readonly wheel: TimerWheel;
  /** Makes a connection, in its own time: dialling has its own time-out. Throws NetError. */
  readonly dial: (origin: Origin) => Promise<Conn>;
}
