import { ParseError } from "../bytes/index.ts";
import { Addr } from "./addr.ts";

/** The address before the slash, and what stands behind it. Throws ParseError on a missing slash, a bad address and a zone. */
export function splitPrefixText(text: string): { readonly addr: Addr; readonly rest: string; readonly slash: number } {
  const slash = text.lastIndexOf("/");
  if (slash < 0) throw new ParseError(text, text.length, "the length is missing: write address/bits");
  const addr = parseAddr(text, slash);
  if (addr.zone !== "") throw new ParseError(text, text.indexOf("%"), "a prefix has no zone");
  return { addr, rest: text.slice(slash + 1), slash };
}

function parseAddr(text: string, end: number): Addr {
  try {
    return Addr.parse(text.slice(0, end));
  } catch (error) {
    throw error instanceof ParseError ? new ParseError(text, error.offset, error.reason) : error;
  }
}

/** One to three digits without leading zeros; -1 for anything else. */
export function parseBits(digits: string): number {
  if (digits.length === 0 || digits.length > 3) return -1;
  let bits = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9 || (i > 0 && bits === 0)) return -1;
    bits = bits * 10 + digit;
  }
  return bits;
}
