import { compileGlob } from "../glob/index.ts";
import { compileSafely } from "../regexp/index.ts";

/** A compiled pattern: what it must be asked with, and the question. */
export interface PathPattern {
  /** Whether it is asked with the path as it was escaped. */
  readonly escaped: boolean;
  /** Whether double slashes of the path count as one: unless the pattern has some itself. */
  readonly mergesSlashes: boolean;
  /** The path, cleaned and in lower case. */
  readonly matches: (path: string) => boolean;
}

/** Compiles a pattern of a path matcher. A shell pattern that is malformed matches nothing, as in Caddy. */
export function compilePathPattern(text: string): PathPattern {
  const pattern = text.toLowerCase();
  const mergesSlashes = !pattern.includes("//");
  if (pattern.includes("%")) return { escaped: true, mergesSlashes, matches: safeTest(escapedPattern(pattern)) };
  return { escaped: false, mergesSlashes, matches: plainTest(pattern) };
}

function plainTest(pattern: string): (path: string) => boolean {
  if (pattern === "*") return () => true;
  const stars = pattern.split("*").length - 1;
  const [first, last] = [pattern.startsWith("*"), pattern.endsWith("*")];
  if (stars === 2 && first && last) {
    const inner = pattern.slice(1, -1);
    return (path) => path.includes(inner);
  }
  if (stars === 1 && last) {
    const prefix = pattern.slice(0, -1);
    return (path) => path.startsWith(prefix);
  }
  if (stars === 1 && first) {
    const suffix = pattern.slice(1);
    return (path) => path.endsWith(suffix);
  }
  if (!/[*?[\\]/.test(pattern)) return (path) => path === pattern;
  const glob = compileGlob(pattern);
  if (glob === undefined) return () => false;
  // One star alone backtracks no further than the path is long.
  return stars < 2 ? (path) => glob.test(path) : safeTest(glob.source);
}

/** So that no path takes long, however many stars there are. */
function safeTest(source: string): (path: string) => boolean {
  const pattern = compileSafely(source);
  return (path) => pattern.exec(path) !== undefined;
}

const encoder = new TextEncoder();

/**
 * A pattern that has escapes, for the escaped path: an escape in it stands for just that escape, `%*` for whatever escapes there are up to a slash, and everything
 * else for itself in either form.
 */
function escapedPattern(pattern: string): string {
  const source = pattern.replaceAll(/%\*|%[\da-f]{2}|[\s\S]/gu, (piece) => {
    if (piece === "%*") return "[^/]*";
    if (piece === "*") return `${UNESCAPED}*`;
    if (piece === "?") return UNESCAPED;
    if (piece.length === 3 && piece.startsWith("%")) return piece;
    return eitherForm(piece);
  });
  return `^${source}$`;
}

/** A character that is no slash, as it is or escaped. */
const UNESCAPED = "(?:[^/%]|%(?:[^2][\\s\\S]|2[^f]))";

/** A character as it is or escaped. */
function eitherForm(char: string): string {
  const escapes = Array.from(encoder.encode(char), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const plain = char.length > 1 || char > "\x7f" ? [] : [`\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`];
  return `(?:${[...plain, escapes].join("|")})`;
}
