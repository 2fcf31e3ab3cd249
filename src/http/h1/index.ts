export { H1Server, type H1ServerOptions } from "./h1-server.ts";
export { MessageHead } from "./message-head.ts";
