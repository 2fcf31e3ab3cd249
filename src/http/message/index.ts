export { Fields, writeField } from "./fields.ts";
export { FIELD_VALUE, TOKEN, isFieldName, isFieldValue } from "./field-syntax.ts";
export { HandlerError } from "./handler-error.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export { ProtocolError } from "./protocol-error.ts";
export type { PreparedResponse } from "./prepared-response.ts";
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
