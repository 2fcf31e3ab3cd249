import type { Conn } from "../../net/index.ts";
import type { Fields } from "./fields.ts";

/** A request as a client connection sends it. Borrowed until `send` has returned. */
export interface OutgoingRequest {
  readonly method: string;
  /** The request target as it goes on the wire: "/path?query", absolute-form, authority-form or "*". */
  readonly target: string;
  /** The Host field (`:authority`). */
  readonly host: string;
  /** Every other field, without Host, Content-Length, Transfer-Encoding and Connection, which are the engine's. */
  readonly fields: Fields;
  /** Body bytes to come: 0 none, -1 unknown (chunked). */
  readonly bodyLength: number;
  /** The protocol asked for with Upgrade, such as "websocket"; undefined: none. */
  readonly upgrade: string | undefined;
}

/** Receives what a server answers, without promises. Callbacks come in the order they stand here; after `end`, `upgraded` or `error` none follows. */
export interface ResponseSink {
  /** An interim response (1xx but 101). */
  informational(status: number, fields: Fields): void;
  /** The final head; `fields` are borrowed. `length`: body bytes to come, -1 when only the end will tell. */
  head(status: number, fields: Fields, length: number): void;
  /** Body bytes: those from `start` to `end` of a chunk, borrowed. Call `pause` on the round trip to hold the server back. */
  data(chunk: Uint8Array, start: number, end: number): void;
  /** The whole response has come; `trailers` are borrowed. */
  end(trailers: Fields | undefined): void;
  /** 101 was answered to an upgrade: the Conn in pull mode, with every byte behind the head still to read. The caller closes it. */
  upgraded(status: number, fields: Fields, conn: Conn): void;
  /** It failed. `phase` says how far it came; the connection is gone. */
  error(error: Error): void;
  /** Request body bytes may be sent again after `write` returned false. */
  drain(): void;
}

/** One request under way on a client connection. */
export interface RoundTrip {
  /** Whether any byte of the request has left; a request none of which did may be sent again elsewhere. */
  readonly sent: boolean;
  /** Whether it went out on a kept-alive connection that had been used before. */
  readonly reused: boolean;
  /** Sends request body bytes, borrowed. False: above the high-water mark; the sink's `drain` follows. */
  write(chunk: Uint8Array): boolean;
  /** Ends the request body. */
  end(trailers?: Fields): void;
  /** Holds the response body back. */
  pause(): void;
  resume(): void;
  /** Gives up: the connection is aborted unless the whole response has come. No callback follows. */
  abort(): void;
}
