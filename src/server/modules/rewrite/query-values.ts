/**
 * The values of a query by their keys. Keys and values are strings of bytes (Latin-1), so that what is no UTF-8 stays what it is. Pairs with broken escapes
 * and those with a semicolon are left out, as in Go.
 */
export class QueryValues {
  private readonly values = new Map<string, string[]>();

  constructor(query: string) {
    for (const pair of query.split("&")) {
      if (pair === "" || pair.includes(";") || /%(?![\dA-Fa-f]{2})/.test(pair)) continue;
      const equals = pair.indexOf("=");
      const key = unescape(equals < 0 ? pair : pair.slice(0, equals));
      this.add(key, equals < 0 ? "" : unescape(pair.slice(equals + 1)));
    }
  }

  add(key: string, value: string): void {
    const known = this.values.get(key);
    if (known === undefined) this.values.set(key, [value]);
    else known.push(value);
  }

  set(key: string, value: string): void {
    this.values.set(key, [value]);
  }

  delete(key: string): void {
    this.values.delete(key);
  }

  /** Moves the values of a key to another, in the place of any that it has. */
  rename(from: string, to: string): void {
    const moved = this.values.get(from);
    if (moved === undefined) return;
    this.values.delete(from);
    this.values.set(to, moved);
  }

  /** Changes the values of a key, or of every key for "*". */
  change(key: string, change: (value: string) => string): void {
    for (const [own, values] of this.values) if (key === "*" || own === key) this.values.set(own, values.map(change));
  }

  /** The query, its keys in order. */
  toString(): string {
    const pairs: string[] = [];
    for (const key of [...this.values.keys()].sort()) {
      for (const value of this.values.get(key)!) pairs.push(`${escape(key)}=${escape(value)}`);
    }
    return pairs.join("&");
  }
}

/** Escapes a text for a part of a query, in UTF-8. */
export function escapeQueryText(text: string): string {
  return escape(bytesOf(text));
}

/** A text as the string of its bytes in UTF-8. */
export function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function unescape(part: string): string {
  return bytesOf(part)
    .replaceAll("+", " ")
    .replaceAll(/%[\dA-Fa-f]{2}/g, (hex) => String.fromCharCode(Number.parseInt(hex.slice(1), 16)));
}

function escape(bytes: string): string {
  return bytes.replaceAll(/[^\w\-.~]/g, (char) =>
    char === " " ? "+" : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** A query with what may not stand in a request line escaped. */
export function sendableQuery(query: string): string {
  return query.replaceAll(/[^!"$-~]+/gu, (run) => encodeURIComponent(run.toWellFormed()));
}
