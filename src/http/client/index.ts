export { type ClientLimits, DEFAULT_CLIENT_LIMITS } from "../h1/index.ts";
export type { Origin } from "./origin.ts";
export type { PoolOptions } from "./pool-options.ts";
export { Pools } from "./pools.ts";
