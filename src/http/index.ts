// HTTP in one door: what most users of the library need. The rooms below have the rest.
export { Client, type ClientOptions, type ClientResponse, request, type RequestOptions } from "./client/index.ts";
export {
  DEFAULT_LIMITS,
  type Exchange,
  type ExchangeHandler,
  Fields,
  HandlerError,
  type Limits,
  prepareResponse,
  type PreparedResponse,
} from "./message/index.ts";
export { type Handler, type HttpServer, type Info, serve, serveExchanges, type ServeOptions } from "./server/index.ts";
