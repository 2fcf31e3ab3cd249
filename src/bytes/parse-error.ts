import { visibleText } from "./visible-text.ts";

/** How much of the input an error message shows. */
const EXCERPT = 64;

/** A text or bytes that could not be read: what, where and why. */
export class ParseError extends Error {
  override readonly name = "ParseError";
  readonly input: string | Uint8Array;
  /** Where in the input: characters of a text, bytes of an array. */
  readonly offset: number;
  readonly reason: string;

  constructor(input: string | Uint8Array, offset: number, reason: string, options?: { readonly cause?: unknown }) {
    super(visibleText(`${describe(input)}: ${reason} (at ${offset})`), options);
    this.input = input;
    this.offset = offset;
    this.reason = reason;
  }
}

function describe(input: string | Uint8Array): string {
  if (typeof input === "string") {
    return `cannot parse ${JSON.stringify(input.length > EXCERPT ? `${input.slice(0, EXCERPT)}…` : input)}`;
  }
  return `cannot parse ${input.length} bytes`;
}
