/** The POSIX classes that Go knows, as the inside of a class. */
export const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Escapes that mean something else in JavaScript: `\s` is ASCII in Go, and without the vertical tab. */
export const ESCAPES: Readonly<Record<string, string>> = {
  A: "(?<![\\s\\S])",
  z: "(?![\\s\\S])",
  a: "\\x07",
  s: "[\\t\\n\\f\\r ]",
  S: "[^\\t\\n\\f\\r ]",
};

/** The same inside a class. */
export const CLASS_ESCAPES: Readonly<Record<string, string>> = { a: "\\x07", s: "\\t\\n\\f\\r " };

/** Escapes that mean the same; in classes the last two do not stand. */
export const SAME_ESCAPES = "dDwWSfnrtvbB";

/** What must be escaped to stand for itself. */
export const SYNTAX = "^$\\.*+?()[]{}|/";

/** `\p{…}` of JavaScript: general categories have one or two letters, all other names are scripts. */
export function propertyEscape(negative: boolean, name: string): string {
  return `\\${negative ? "P" : "p"}{${name.length <= 2 ? name : `Script=${name}`}}`;
}
