/**
 * Which field names with "_" and "." pass, by Caddy's lists for both: names, or beginnings with a `*` behind them; case does not count. A whole name in either list is enough. A name
 * that holds both characters passes by its beginning only when both lists have one.
 */
export function expectedFields(underscores: readonly string[], dots: readonly string[]): (name: string) => boolean {
  const whole = new Set([...underscores, ...dots].map((entry) => entry.toLowerCase()));
  const withUnderscore = beginningsOf(underscores);
  const withDot = beginningsOf(dots);
  return (name) => {
    const lower = name.toLowerCase();
    if (whole.has(lower)) return true;
    return passes(lower, "_", withUnderscore) && passes(lower, ".", withDot);
  };
}

function beginningsOf(entries: readonly string[]): string[] {
  return entries.filter((entry) => entry.endsWith("*")).map((entry) => entry.slice(0, -1).toLowerCase());
}

function passes(lower: string, char: string, beginnings: readonly string[]): boolean {
  return !lower.includes(char) || beginnings.some((beginning) => lower.startsWith(beginning));
}
