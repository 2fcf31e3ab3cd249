import { Fields } from "./fields.ts";
import { isBodiless } from "./status.ts";

const EMPTY = new Uint8Array(0);

/** A whole response made once and sent many times. Its parts are never changed after it was made. */
export interface PreparedResponse {
  readonly status: number;
  /** Fields besides Date, Server, Connection and Content-Length. */
  readonly fields: Fields;
  readonly body: Uint8Array;
  /** Where an engine keeps what it made of it; its own business. */
  encoded: object | undefined;
}

/**
 * Makes a response once, to be sent many times. The body is kept, not copied; a status without bodies (204, 304) drops it. Throws RangeError on a status that is not
 * final and TypeError on fields that may not be sent.
 */
export function prepareResponse(
  status: number,
  fields: Iterable<readonly [string, string]>,
  body: Uint8Array,
): PreparedResponse {
  if (!Number.isInteger(status) || status < 200 || status > 999) throw new RangeError(`${status} is no final status`);
  return { status, fields: Fields.from(fields), body: isBodiless(status) ? EMPTY : body, encoded: undefined };
}
