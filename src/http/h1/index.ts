export { ClientConn, type ClientConnOwner } from "./client-conn.ts";
export { ClientContext } from "./client-context.ts";
export { type ClientLimits, DEFAULT_CLIENT_LIMITS } from "./client-limits.ts";
export { H1Server, type H1ServerOptions } from "./h1-server.ts";
export { MessageHead } from "./message-head.ts";
