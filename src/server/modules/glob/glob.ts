/**
 * Compiles a shell pattern with the meaning of Go's `filepath.Match`, which is Caddy's: `*` and `?` match anything but a slash, `[a-z]` and `[^a-z]` a
 * character of a class, a backslash takes what follows it as it is. Returns undefined for a pattern that is malformed.
 */
export function compileGlob(pattern: string): RegExp | undefined {
  const chars = Array.from(pattern);
  let source = "";
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const found = compileClass(chars, at + 1);
      if (found === undefined) return undefined;
      source += found.source;
      at = found.end;
    } else if (char === "\\") {
      const next = chars[++at];
      if (next === undefined) return undefined;
      source += literal(next);
    } else source += literal(char);
  }
  return new RegExp(`^${source}$`, "su");
}

/** The class that begins behind its bracket; `end` is where its closing bracket stands. */
function compileClass(chars: readonly string[], start: number): { source: string; end: number } | undefined {
  const negated = chars[start] === "^";
  let at = negated ? start + 1 : start;
  let ranges = "";
  while (chars[at] !== "]" || ranges === "") {
    const low = classCharacter(chars, at);
    if (low === undefined) return undefined;
    at = low.next;
    let high = low;
    if (chars[at] === "-") {
      const found = classCharacter(chars, at + 1);
      if (found === undefined) return undefined;
      high = found;
      at = found.next;
    }
    ranges += range(low.char, high.char);
  }
  const listed = ranges.replaceAll(EMPTY_RANGE, "");
  return { source: `[${negated ? "^" : ""}${listed}]`, end: at };
}

/** Stands for a range that holds nothing, such as `z-a`; the class is then not empty by mistake. */
const EMPTY_RANGE = "\0";

function range(low: string, high: string): string {
  if (low.codePointAt(0)! > high.codePointAt(0)!) return EMPTY_RANGE;
  return `${literal(low)}-${literal(high)}`;
}

function classCharacter(chars: readonly string[], at: number): { char: string; next: number } | undefined {
  const char = chars[at];
  if (char === undefined || char === "-" || char === "]") return undefined;
  if (char !== "\\") return { char, next: at + 1 };
  const escaped = chars[at + 1];
  return escaped === undefined ? undefined : { char: escaped, next: at + 2 };
}

/** A character that stands for itself, in a class and outside of one. */
function literal(char: string): string {
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}
