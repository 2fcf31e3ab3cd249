/** Reads a query as Go does, each key with its values in order; undefined when it holds a semicolon or an escape that is none. */
export function parseQuery(query: string): ReadonlyMap<string, readonly string[]> | undefined {
  const parsed = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    if (pair.includes(";")) return undefined;
    const equals = pair.indexOf("=");
    const key = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : unescapeQuery(pair.slice(equals + 1));
    if (key === undefined || value === undefined) return undefined;
    const values = parsed.get(key);
    if (values === undefined) parsed.set(key, [value]);
    else values.push(value);
  }
  return parsed;
}

function unescapeQuery(text: string): string | undefined {
  if (!text.includes("%")) return text.includes("+") ? text.replaceAll("+", " ") : text;
  if (/%(?![\dA-Fa-f]{2})/.test(text)) return undefined;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Bytes that are no UTF-8: whatever they are compared with, no text of a config equals them.
    return text;
  }
}
