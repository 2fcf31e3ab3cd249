export { Fields, writeField } from "./fields.ts";
export { fieldText, textOfField } from "./field-text.ts";
export { FIELD_VALUE, TOKEN, isFieldName, isFieldValue } from "./field-syntax.ts";
export { HandlerError } from "./handler-error.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export { formatHttpDate, tryParseHttpDate } from "./http-date.ts";
export { isBodiless, statusText } from "./status.ts";
export { cleanPath, decodePath } from "./url-path.ts";
export { ProtocolError } from "./protocol-error.ts";
export { type PreparedResponse, prepareResponse } from "./prepared-response.ts";
export type { BodySink, RequestBody } from "./request-body.ts";
export type { OutgoingRequest, ResponseSink, RoundTrip } from "./round-trip.ts";
export type {
  BodyTransform,
  ErrorHandler,
  Exchange,
  ExchangeHandler,
  ExchangeMiddleware,
  Interceptor,
  Next,
} from "./exchange.ts";
