/** What a server must make of bytes that a client sends. */
export interface ConformanceCase {
  readonly name: string;
  /** Where the rule stands: a section of RFC 9112 ("9112 5.1") or 9110, or the class of attack. */
  readonly rule: string;
  /** The bytes, a byte a character. */
  readonly bytes: string;
  /**
   * The statuses, in order; each may be one of several, and 0 stands for a connection that is closed without an answer. "2xx" stands for whatever the server
   * answers a good request.
   */
  readonly answers: readonly (readonly Status[])[];
  /** Whether the server must close the connection behind the last answer. Absent: either will do. */
  readonly closes?: boolean;
}

export type Status = number | "good";

/** What came of a case: "" when it was as it must be. */
export function judge(each: ConformanceCase, statuses: readonly number[], closed: boolean): string {
  const got = statuses.length === 0 ? [0] : statuses;
  const told = `answered ${got.join(", ")}${closed ? " and closed" : ""}`;
  if (got.length !== each.answers.length) return `${told}: ${each.answers.length} answers are due`;
  for (const [index, status] of got.entries()) {
    const wanted = each.answers[index]!;
    if (!wanted.some((one) => (one === "good" ? isGood(status) : one === status)))
      return `${told}: answer ${index + 1} must be ${wanted.join(" or ")}`;
  }
  if (each.closes === true && !closed) return `${told}: the connection must be closed`;
  return each.closes === false && closed ? `${told}: the connection must stay open` : "";
}

/** A server may not know the path or the method; what counts is that it took the request for one. */
function isGood(status: number): boolean {
  return (status >= 200 && status < 400) || status === 404 || status === 405;
}
