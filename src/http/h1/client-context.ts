import type { Clock } from "../../clock/index.ts";
import type { ClientLimits } from "./client-limits.ts";
import type { HeadLimits } from "./message-head.ts";

/** What every connection to one origin has in common. */
export class ClientContext {
  readonly clock: Clock;
  readonly limits: ClientLimits;
  /** The Host of requests that have none of their own. */
  readonly host: string;
  /** Whether connections may serve another request; else each request asks for its connection's end. */
  readonly keepAlive: boolean;
  /** For the parser. */
  readonly headLimits: HeadLimits;

  constructor(clock: Clock, limits: ClientLimits, host: string, keepAlive = true) {
    this.clock = clock;
    this.limits = limits;
    this.host = host;
    this.keepAlive = keepAlive;
    const { headerBytes, headerFields } = limits;
    this.headLimits = { requestLineBytes: headerBytes, headerBytes, headerFields };
  }
}
