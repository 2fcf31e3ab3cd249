/** A part of a file. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** What a Range field asks for: parts to send (none: the whole file), or why it gets a 416. */
export type RangeRequest = readonly ByteRange[] | "malformed" | "unsatisfiable";

/** More parts than this get the whole file: each part costs a head of its own. */
const MAX_RANGES = 100;
const WHOLE: readonly ByteRange[] = [];

/**
 * Reads a Range field (RFC 9110 section 14.2) for a file of `size` bytes. As in Go, ranges that together are longer than the file get the whole of it,
 * and so does every range of an empty file. A unit other than bytes is ignored, as the RFC demands.
 */
export function parseRange(text: string, size: number): RangeRequest {
  const unit = /^([\w!#$%&'*+.^`|~-]+)=/.exec(text);
  if (unit === null) return "malformed";
  if (unit[1]!.toLowerCase() !== "bytes") return WHOLE;
  const ranges: ByteRange[] = [];
  let beyond = false;
  let total = 0;
  for (const spec of text.slice(unit[0].length).split(",")) {
    if (spec.trim() === "") continue;
    const range = parseSpec(spec, size);
    if (range === undefined) return "malformed";
    if (range.length === 0) beyond = true;
    else ranges.push(range);
    total += range.length;
  }
  if (ranges.length === 0) return beyond && size > 0 ? "unsatisfiable" : WHOLE;
  return total > size || ranges.length > MAX_RANGES ? WHOLE : ranges;
}

/** One range; of no length when it begins beyond the end; undefined when it is malformed. */
function parseSpec(spec: string, size: number): ByteRange | undefined {
  const parts = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(spec);
  if (parts === null) return undefined;
  const [, first = "", last = ""] = parts;
  if (first === "") {
    if (last === "") return undefined;
    const length = Math.min(Number(last), size);
    return { start: size - length, length };
  }
  const start = Number(first);
  const end = last === "" ? Number.POSITIVE_INFINITY : Number(last);
  if (end < start) return undefined;
  if (start >= size) return { start: size, length: 0 };
  return { start, length: Math.min(end + 1, size) - start };
}

/** The Content-Range of a part. */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.start}-${range.start + range.length - 1}/${size}`;
}
