import type { GoMatch, GoPattern } from "./go-pattern.ts";

/**
 * Replaces every match as Go does: `$1`, `${1}`, `$name` and `${name}` in `replacement` stand for groups (the longest name counts: `$1x` is
 * the group "1x"), `$$` for a dollar sign, and an empty match right behind another one is none.
 */
export function replaceMatches(text: string, pattern: GoPattern, replacement: string): string {
  let made = "";
  let copied = 0;
  for (let from = 0; from <= text.length;) {
    const match = pattern.exec(text, from);
    if (match === undefined) break;
    made += text.slice(copied, match.start);
    if (match.end > copied || match.start === 0) made += expand(replacement, match, pattern.names);
    copied = match.end;
    from = match.end > from ? match.end : from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
  }
  return made + text.slice(copied);
}

function expand(replacement: string, { groups }: GoMatch, names: readonly string[]): string {
  if (!replacement.includes("$")) return replacement;
  return replacement.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    const key = bare ?? braced;
    if (key === undefined) return whole === "$$" ? "$" : "";
    return groups[/^\d+$/.test(key) ? Number(key) : names.indexOf(key)] ?? "";
  });
}
