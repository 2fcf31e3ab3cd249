import type { StreamNetwork } from "../../net/index.ts";

/** Where a server is reached: connections are pooled by it. */
export interface Origin {
  readonly network: StreamNetwork;
  /** `host:port` with an IPv6 address in brackets; a path for "unix". */
  readonly address: string;
  /** Network and address in one: the same for the same origin. */
  readonly key: string;
}
