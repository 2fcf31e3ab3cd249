/** How often, how long and at what pace another upstream is tried. All 0: never. */
export interface RetryOptions {
  /** Tries after the first; 0 with a duration: as many as fit. */
  readonly retries: number;
  /** No try begins later than this after the first, in ms; 0: no such limit. */
  readonly tryDurationMs: number;
  /** Pause before another try, in ms. */
  readonly tryIntervalMs: number;
}

/** What went wrong with a try, by how much the upstream may have seen of the request. */
export type Failure =
  /** No upstream was available. */
  | "none-available"
  /** Nothing left: it refused the connection, or the connection broke before a byte went out. */
  | "unsent"
  /** Something left, nothing of an answer came, and the body, if any, can be sent again. */
  | "repeatable"
  /** Something of an answer came, or a part of the body is gone. */
  | "spent";

/** Methods that a repetition does no harm to, without anybody saying so (RFC 9110 section 9.2.1). */
const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
/** Methods of which a repetition has the same effect (section 9.2.2): repeated when the config says which. */
const IDEMPOTENT = new Set([...SAFE, "DELETE", "PUT"]);

/**
 * Whether a request may be tried again after `tries` tries and `elapsedMs`. `matched`: whether `retry_match` asks for it (undefined: there is
 * none). A method that is not idempotent is never sent again once a byte has left.
 */
export function mayRetry(
  options: RetryOptions,
  failure: Failure,
  method: string,
  tries: number,
  elapsedMs: number,
  matched: boolean | undefined,
): boolean {
  const { retries, tryDurationMs } = options;
  if (failure === "spent" || (retries === 0 && tryDurationMs === 0)) return false;
  if (retries > 0 && tries > retries) return false;
  if (tryDurationMs > 0 && elapsedMs >= tryDurationMs) return false;
  if (failure !== "repeatable") return true;
  return matched === undefined ? SAFE.has(method) : matched && IDEMPOTENT.has(method);
}
