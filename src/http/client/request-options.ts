import type { Fields } from "../message/index.ts";

/** What a body may be sent from. Bytes and texts (sent as UTF-8) have a length; the others go in chunks, unless the caller gives Content-Length. */
export type BodySource = string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** One request. Everything is optional. */
export interface RequestOptions {
  /** Default "GET". */
  readonly method?: string | undefined;
  /** Fields to send. Host replaces the URL's; Connection, Transfer-Encoding and what else frames a message is the client's own, and refused. */
  readonly headers?: Fields | Iterable<readonly [string, string]> | Readonly<Record<string, string>> | undefined;
  /** Default: none. A source is read as fast as the server takes it, and closed (`return`) when that needs no more. */
  readonly body?: BodySource | undefined;
  /** Gives the request, or the reading of its response, up: NetError ECANCELED, whose cause is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Limit for the whole, from the call to the last byte of the response, in ms: NetError ETIMEDOUT. Default 0: only each phase is limited. */
  readonly timeoutMs?: number | undefined;
  /** The path of a Unix socket to connect to in place of the URL's host. */
  readonly unix?: string | undefined;
}
