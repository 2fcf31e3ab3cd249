import type { Clock } from "../../clock/index.ts";
import type { Conn } from "../../net/index.ts";
import type { ErrorHandler, Exchange, HandlerError, Limits, Next, RequestBody } from "../message/index.ts";
import type { ServerHead } from "./server-head.ts";

/** What connections and exchanges need of their server. */
export interface ServerContext {
  readonly next: Next;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly scheme: "http" | "https";
  readonly serverName: string;
  readonly errorHandler: ErrorHandler | undefined;
  readonly onError: ((exchange: Exchange, error: HandlerError) => void) | undefined;
  readonly onRefused: ((conn: Conn, status: number, reason: string) => void) | undefined;
  readonly onExchange: ((exchange: Exchange) => void) | undefined;
  readonly expectsField: ((name: string) => boolean) | undefined;
  readonly asterisk: Next | undefined;
  /** Whether responses ask for the connection's end. */
  readonly draining: boolean;
  /** A head to parse into, owned by the taker until `giveHead`. */
  takeHead(): ServerHead;
  giveHead(head: ServerHead): void;
  /** `Server: …`, `Date: …` and the empty line: the same array for a second. `now` is the clock's. */
  tail(now: number): Uint8Array;
  /** `Date: …` and the end of the line. */
  dateField(now: number): Uint8Array;
  /** `Server: …` and the end of the line, or nothing. */
  readonly serverField: Uint8Array;
}

/** What an exchange needs of its connection. */
export interface ExchangeContext {
  readonly conn: Conn;
  readonly server: ServerContext;
  /** The clock's time: that of the callback that runs, if one does. */
  readonly now: number;
  /** The body of the exchange that is under way. */
  requestBody(): RequestBody;
  readonly bytesReceived: number;
  /** Whether nothing of the request is left to come. */
  readonly requestComplete: boolean;
  /** Whether the connection lives on behind this response, as its head must tell. */
  keepsAlive(): boolean;
  /** Ends the connection behind this response. */
  closeAfter(): void;
  /** Whether more may be written now; if not, the peer is watched until it takes something. */
  belowMark(): boolean;
  /** Drops the peer when it takes nothing for too long, until the write deadline is lifted. */
  watchWriting(): void;
  /** Runs a handler; whatever goes wrong in it is the exchange's. */
  run(handle: Next): void;
  /** The last byte of the response was handed to the Conn. */
  responseEnded(): void;
  /** Aborts the connection: the peer must not take what it got for a clean end. */
  breakOff(reason: unknown): void;
  /** Gives the Conn up to whoever hijacks it, with every byte behind the request. */
  handOver(): Conn;
}
