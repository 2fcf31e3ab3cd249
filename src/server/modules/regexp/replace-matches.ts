/**
 * Replaces every match of a global pattern as Go does: `$1`, `${1}`, `$name` and `${name}` in `replacement` stand for groups (the longest name counts: `$1x` is
 * the group "1x"), `$$` for a dollar sign, and an empty match right behind another one is none.
 */
export function replaceMatches(text: string, pattern: RegExp, replacement: string): string {
  let lastEnd = -1;
  return text.replace(pattern, (...match: unknown[]) => {
    const groups = typeof match.at(-1) === "object" ? (match.pop() as Readonly<Record<string, string>>) : {};
    const offset = match.at(-2) as number;
    const whole = match[0] as string;
    if (whole === "" && offset === lastEnd) return "";
    lastEnd = offset + whole.length;
    return expand(replacement, match.slice(0, -2) as readonly (string | undefined)[], groups);
  });
}

function expand(
  replacement: string,
  numbered: readonly (string | undefined)[],
  named: Readonly<Record<string, string | undefined>>,
): string {
  if (!replacement.includes("$")) return replacement;
  return replacement.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    const key = bare ?? braced;
    if (key === undefined) return whole === "$$" ? "$" : "";
    return (/^\d+$/.test(key) ? numbered[Number(key)] : named[key]) ?? "";
  });
}
