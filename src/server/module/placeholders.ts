import { type Clock, realClock } from "../../clock/index.ts";
import type { Exchange } from "../../http/message/index.ts";
import { type PlaceholderValue, placeholderValue } from "./placeholder-values.ts";
import type { Template } from "./template.ts";

/** A piece of a template: plain text, or a placeholder. */
interface Piece {
  readonly text: string;
  readonly value: PlaceholderValue | undefined;
  /** Whether it is a placeholder of a name that nothing knows. */
  readonly unknown: boolean;
}

/**
 * Compiles a text with placeholders: `{name}`, where a backslash before a brace makes it an ordinary one, and a brace without its fellow stands for itself. `clock` is what
 * the placeholders of time and duration read. Throws Error for those that Caddy knows and we do not build yet.
 *
 * @example
 * compileTemplate("https://{http.request.host}{http.request.uri}").evaluate(exchange);
 */
export function compileTemplate(source: string, clock: Clock = realClock): Template {
  const pieces = split(source);
  const [only] = pieces;
  if (pieces.length === 0) return new ConstantTemplate(source, "");
  if (pieces.length === 1 && only!.value === undefined && !only!.unknown)
    return new ConstantTemplate(source, only!.text);
  return new PiecedTemplate(source, pieces, clock);
}

class ConstantTemplate implements Template {
  readonly source: string;
  readonly constant: string;

  constructor(source: string, text: string) {
    this.source = source;
    this.constant = text;
  }

  evaluate(): string {
    return this.constant;
  }

  evaluateKnown(): string {
    return this.constant;
  }
}

class PiecedTemplate implements Template {
  readonly source: string;
  readonly constant = undefined;
  private readonly pieces: readonly Piece[];
  private readonly clock: Clock;

  constructor(source: string, pieces: readonly Piece[], clock: Clock) {
    this.source = source;
    this.pieces = pieces;
    this.clock = clock;
  }

  evaluate(exchange: Exchange): string {
    let text = "";
    for (const piece of this.pieces) {
      if (piece.value !== undefined) text += piece.value(exchange, this.clock) ?? "";
      else if (!piece.unknown) text += piece.text;
    }
    return text;
  }

  evaluateKnown(exchange: Exchange): string {
    let text = "";
    for (const piece of this.pieces) text += piece.value?.(exchange, this.clock) ?? piece.text;
    return text;
  }
}

function split(source: string): Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  for (let at = 0; at < source.length; at++) {
    const char = source[at]!;
    if (char === "\\" && (source[at + 1] === "{" || source[at + 1] === "}")) {
      text += source[++at]!;
      continue;
    }
    const end = char === "{" ? closingBrace(source, at) : -1;
    if (end < 0) {
      text += char;
      continue;
    }
    if (text !== "") pieces.push(plain(text));
    text = "";
    pieces.push(placeholder(source.slice(at, end + 1)));
    at = end;
  }
  if (text !== "") pieces.push(plain(text));
  return pieces;
}

/** The brace that ends a placeholder, or -1: names hold no braces, quotes or spaces. */
function closingBrace(source: string, open: number): number {
  const match = /^\{[^{}\s"']+\}/.exec(source.slice(open));
  return match === null ? -1 : open + match[0].length - 1;
}

/** Placeholders of Caddy's whose work is not built yet. */
const NOT_BUILT = /^(?:http\.request\.body(?:_base64)?$|file\.)/;

function plain(text: string): Piece {
  return { text, value: undefined, unknown: false };
}

function placeholder(text: string): Piece {
  const name = text.slice(1, -1);
  if (NOT_BUILT.test(name)) {
    throw new Error(`the placeholder ${text} is known to Caddy, but not built here yet; remove it`);
  }
  const value = placeholderValue(name);
  return { text, value, unknown: value === undefined };
}
