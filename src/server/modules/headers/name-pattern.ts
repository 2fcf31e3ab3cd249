/** Whether a field name matches a pattern that may begin or end with `*`; both are in lower case. */
export function nameMatches(name: string, pattern: string): boolean {
  const starts = pattern.startsWith("*");
  const ends = pattern.endsWith("*");
  if (!starts && !ends) return name === pattern;
  const part = pattern.slice(starts ? 1 : 0, ends ? -1 : undefined);
  return starts && ends ? name.includes(part) : starts ? name.endsWith(part) : name.startsWith(part);
}
