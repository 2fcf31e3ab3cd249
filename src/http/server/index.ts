export { fetchHandler, type Handler, type Info } from "./fetch-handler.ts";
export { type HttpServer, serve, serveExchanges, type ServeOptions } from "./serve.ts";
