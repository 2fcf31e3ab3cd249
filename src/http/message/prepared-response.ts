import { Fields } from "./fields.ts";

/** A whole response made once and sent many times. Its parts are never changed after it was made. */
export interface PreparedResponse {
  readonly status: number;
  /** Fields besides Date, Server, Connection and Content-Length. */
  readonly fields: Fields;
  readonly body: Uint8Array;
  /** Where an engine keeps what it made of it; its own business. */
  encoded: object | undefined;
}

/** Makes a response once, to be sent many times. The body is kept, not copied. */
export function prepareResponse(
  status: number,
  fields: Iterable<readonly [string, string]>,
  body: Uint8Array,
): PreparedResponse {
  return { status, fields: Fields.from(fields), body, encoded: undefined };
}
