import type { Fields } from "./fields.ts";

/** A whole response made once and sent many times. Its parts are never changed after it was made. */
export interface PreparedResponse {
  readonly status: number;
  /** Fields besides Date, Server, Connection and Content-Length. */
  readonly fields: Fields;
  readonly body: Uint8Array;
  /** Where an engine keeps its serialized form (status line to the last own field, CRLF-ended, Content-Length included). */
  encoded: Uint8Array | undefined;
}
