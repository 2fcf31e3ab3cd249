import { type Fields, tryParseHttpDate } from "../../../http/message/index.ts";

/** What tells one version of a file from another. */
export interface Validators {
  /** The entity tag with its quotes, or "". */
  readonly etag: string;
  /** When it was changed, in whole seconds of Unix time as milliseconds; -1 when that is not told. */
  readonly modifiedMs: number;
}

/**
 * Evaluates the preconditions of a request in the order of RFC 9110 section 13.2.2, If-Range left out: 0 when it goes on, else 304 or 412. `safe`:
 * whether the method is GET or HEAD. `nowMs` is wall-clock time, for dates with two digits of a year.
 */
export function checkPreconditions(fields: Fields, file: Validators, safe: boolean, nowMs: number): 0 | 304 | 412 {
  const match = fields.combined("if-match") ?? "";
  if (match !== "") {
    if (!listHas(match, file.etag, false)) return 412;
  } else {
    const since = dateOf(fields, "if-unmodified-since", nowMs);
    if (since !== undefined && file.modifiedMs > since) return 412;
  }
  const noneMatch = fields.combined("if-none-match") ?? "";
  if (noneMatch !== "") return !listHas(noneMatch, file.etag, true) ? 0 : safe ? 304 : 412;
  if (!safe || file.modifiedMs < 0) return 0;
  const since = dateOf(fields, "if-modified-since", nowMs);
  return since !== undefined && file.modifiedMs <= since ? 304 : 0;
}

/** Whether a request's Range holds for this version of the file (If-Range, RFC 9110 section 13.1.5): an entity tag compared strongly, or the exact date. */
export function rangeHolds(fields: Fields, file: Validators, nowMs: number): boolean {
  const text = fields.get("if-range") ?? "";
  if (text === "") return true;
  if (text.startsWith('"')) return text === file.etag;
  return file.modifiedMs >= 0 && tryParseHttpDate(text, nowMs) === file.modifiedMs;
}

function dateOf(fields: Fields, name: string, nowMs: number): number | undefined {
  const text = fields.get(name);
  return text === undefined ? undefined : tryParseHttpDate(text, nowMs);
}

const ENTRY = /[\s,]*(?:(\*)|((?:W\/)?"[^"]*"))/y;

/** Whether a list of entity tags, or "*", holds `etag`; what follows a malformed entry is not looked at. */
function listHas(list: string, etag: string, weakly: boolean): boolean {
  ENTRY.lastIndex = 0;
  for (let entry = ENTRY.exec(list); entry !== null; entry = ENTRY.exec(list)) {
    if (entry[1] !== undefined) return true;
    if (sameTag(entry[2]!, etag, weakly)) return true;
  }
  return false;
}

function sameTag(left: string, right: string, weakly: boolean): boolean {
  if (right === "") return false;
  if (weakly) return opaque(left) === opaque(right);
  return left === right && left.startsWith('"');
}

function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
