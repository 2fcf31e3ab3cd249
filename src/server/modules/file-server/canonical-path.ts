import type { Exchange } from "../../../http/message/index.ts";
import { encodeFilePath, filePath, lastSegment } from "./file-path.ts";

/**
 * Where a request for a file belongs, when it was asked for with a slash too much, or a folder with one too few: the path of a redirect, or undefined. Only what was asked for by
 * its own name counts: when a rewrite changed the last segment, nothing is redirected. The path is cleaned and escaped, so that no
 * client takes it for another host.
 */
export function canonicalPath(exchange: Exchange, isFolder: boolean): string | undefined {
  const asked = originalPath(exchange);
  const decodedSlash = /(?:\/|%2f)$/i.test(asked);
  if (decodedSlash === isFolder || lastSegment(asked) !== lastSegment(exchange.path)) return undefined;
  const path = encodeFilePath(filePath(asked));
  if (!isFolder) return path === "" ? undefined : path;
  return `${path}/`;
}

/** The path as it came, before any rewrite. That of an absolute target may be empty, which means "/". */
function originalPath(exchange: Exchange): string {
  const target = exchange.originalTarget.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
  const query = target.indexOf("?");
  return (query < 0 ? target : target.slice(0, query)) || "/";
}

/** Answers with a permanent redirect that keeps method and query, and its link as text for whoever reads it. */
export function redirect(exchange: Exchange, path: string): void {
  const location = exchange.query === "" ? path : `${path}?${exchange.query}`;
  const fields = exchange.responseFields;
  fields.set("Location", location);
  const readable = (exchange.method === "GET" || exchange.method === "HEAD") && !fields.has("content-type");
  const body = readable ? link(location) : NOTHING;
  if (readable) fields.append("Content-Type", "text/html; charset=utf-8");
  exchange.start(308, body.length);
  exchange.end(exchange.method === "HEAD" ? undefined : body);
}

const NOTHING = new Uint8Array(0);

function link(location: string): Uint8Array {
  const escaped = location
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&#34;")
    .replaceAll("'", "&#39;");
  return Buffer.from(`<a href="${escaped}">Permanent Redirect</a>.\n\n`, "latin1");
}
