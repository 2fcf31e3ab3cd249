export { type ClientLimits, DEFAULT_CLIENT_LIMITS } from "../h1/index.ts";
export { Client, type ClientOptions, request } from "./client.ts";
export type { ClientResponse } from "./client-response.ts";
export type { Origin } from "./origin.ts";
export type { PoolOptions } from "./pool-options.ts";
export { Pools } from "./pools.ts";
export type { BodySource, RequestOptions } from "./request-options.ts";
