/** What a split function found. */
export interface SplitStep {
  /** How many bytes of the data are done with; 0 to its length. */
  readonly advance: number;
  /** The token, a view of the data; absent when there is none in what was passed over. An empty one is a token, too. */
  readonly token?: Uint8Array | undefined;
  /** Nothing follows this step: the rest stays with the Conn. */
  readonly final?: boolean;
}

/**
 * Finds the next token. Undefined asks for more data; with `atEnd` there is none, and undefined then means that no token is left. `data` is never empty unless `atEnd`, and
 * borrowed. `seen` says how many of its bytes the last call for this token had, so that a long token that comes in small pieces needn't be searched from its beginning each time.
 */
export type SplitFunction = (data: Uint8Array, atEnd: boolean, seen: number) => SplitStep | undefined;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Lines without their ends, which are "\n" or "\r\n". The last one needs none. An empty line is an empty token. */
export const scanLines: SplitFunction = (data, atEnd, seen) => {
  const at = data.indexOf(NEWLINE, seen);
  if (at >= 0) return { advance: at + 1, token: data.subarray(0, at > 0 && data[at - 1] === RETURN ? at - 1 : at) };
  if (!atEnd || data.length === 0) return undefined;
  const end = data[data.length - 1] === RETURN ? data.length - 1 : data.length;
  return { advance: data.length, token: data.subarray(0, end) };
};

/** Space, and what else ASCII has of white space: tab, line feed, vertical tab, form feed, carriage return. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Words between ASCII white space; never empty. */
export const scanWords: SplitFunction = (data, atEnd, seen) => {
  let start = 0;
  while (start < data.length && isSpace(data[start]!)) start++;
  // White space before a word is passed over at once, so that any amount of it waits nowhere.
  if (start === data.length) return data.length > 0 ? { advance: data.length } : undefined;
  for (let at = Math.max(start, seen); at < data.length; at++) {
    if (isSpace(data[at]!)) return { advance: at + 1, token: data.subarray(start, at) };
  }
  if (atEnd) return { advance: data.length, token: data.subarray(start) };
  return start > 0 ? { advance: start } : undefined;
};

/** Single bytes. */
export const scanBytes: SplitFunction = (data) =>
  data.length === 0 ? undefined : { advance: 1, token: data.subarray(0, 1) };

/** What stands between occurrences of a delimiter, which may be several bytes long. What follows the last one is a token unless it is empty. Throws RangeError for an empty delimiter. */
export function scanDelimiter(delimiter: Uint8Array | string): SplitFunction {
  const mark = Buffer.from(typeof delimiter === "string" ? new TextEncoder().encode(delimiter) : delimiter);
  if (mark.length === 0) throw new RangeError("a delimiter has at least one byte");
  return (data, atEnd, seen) => {
    // Its first bytes may have been seen already.
    const from = Math.max(0, seen - mark.length + 1);
    const at = Buffer.from(data.buffer, data.byteOffset, data.byteLength).indexOf(mark, from);
    if (at >= 0) return { advance: at + mark.length, token: data.subarray(0, at) };
    return atEnd && data.length > 0 ? { advance: data.length, token: data } : undefined;
  };
}
