import type { Exchange } from "../../http/message/index.ts";

/** The path of the target as it was sent, still escaped. */
export function originalPath(exchange: Exchange): string {
  const { originalTarget } = exchange;
  const mark = originalTarget.indexOf("?");
  return mark < 0 ? originalTarget : originalTarget.slice(0, mark);
}

/** The query of the target as it was sent, without its question mark. */
export function originalQuery(exchange: Exchange): string {
  const mark = exchange.originalTarget.indexOf("?");
  return mark < 0 ? "" : exchange.originalTarget.slice(mark + 1);
}

/** The segments of a path. */
export function partsOf(path: string): string[] {
  return path.replace(/^\//, "").split("/");
}

/** A path up to its last slash. */
export function dirOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** What stands behind the last slash of a path. */
export function fileOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The extension of a path's file with its dot, or "". */
export function extensionOf(path: string): string {
  const file = fileOf(path);
  const dot = file.lastIndexOf(".");
  return dot < 0 ? "" : file.slice(dot);
}

/** The last segment without its extension, a slash at the end left aside: "/" of the root, as Go's path.Base has it. */
export function baseOf(path: string): string {
  const last = path.replace(/\/+$/, "");
  if (last === "") return path === "" ? "." : "/";
  const file = fileOf(last);
  const extension = extensionOf(path);
  return extension !== "" && file.endsWith(extension) ? file.slice(0, file.length - extension.length) : file;
}

/** The values of a key, with commas between them; "" when it has none. As in Go, pairs that hold a semicolon or an escape that is none are left out. */
export function queryValue(query: string, key: string): string {
  const values: string[] = [];
  for (const pair of query.split("&")) {
    if (pair === "" || pair.includes(";") || /%(?![\dA-Fa-f]{2})/.test(pair)) continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    if (percentDecode(name.replaceAll("+", " ")) !== key) continue;
    values.push(equals < 0 ? "" : percentDecode(pair.slice(equals + 1).replaceAll("+", " ")));
  }
  return values.join(",");
}

/** Takes escapes out; what then is no UTF-8 becomes U+FFFD, and an escape that is none stays. */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  return text.replaceAll(/(?:%[\dA-Fa-f]{2})+/g, (escapes) =>
    Buffer.from(escapes.replaceAll("%", ""), "hex").toString("utf8"),
  );
}

/** Escapes a text for a query, as Go does it. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
