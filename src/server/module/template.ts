import type { Exchange } from "../../http/message/index.ts";

/** A text with placeholders such as `{http.request.host}`, compiled once. */
export interface Template {
  readonly source: string;
  /** The text itself when it holds no placeholder, so that callers can prepare what never changes; else undefined. */
  readonly constant: string | undefined;
  /** Replaces every placeholder; unknown and empty ones become "". Never throws. */
  evaluate(exchange: Exchange): string;
  /** The same, but leaves placeholders whose names nothing knows as they stand: for texts that may hold braces of their own, such as JSON. */
  evaluateKnown(exchange: Exchange): string;
}
