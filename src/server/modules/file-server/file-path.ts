import { cleanPath, HandlerError } from "../../../http/message/index.ts";

/**
 * Where a request's path leads below a root: percent-decoded to bytes (as a string of Latin-1, so that any name can be told), without empty, "."
 * and ".." segments, none of which ever climbs above the root, and without a slash at its end: "/a/b", or "" for the root itself. What decodes to a slash
 * is one, as in Caddy. Throws HandlerError 400 for a NUL, which no name holds.
 */
export function filePath(path: string): string {
  const decoded = path.includes("%") ? decodeBytes(path) : path;
  if (decoded.includes("\0")) throw new HandlerError(400, "the path holds a NUL");
  const clean = cleanPath(decoded);
  return clean.endsWith("/") ? clean.slice(0, -1) : clean;
}

/** Percent-decodes; an escape that is none stays as it is (rewrites can leave some). */
function decodeBytes(path: string): string {
  return path.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** The last segment of a path, escapes decoded, as Go's `path.Base` tells it: that of "/a/b/" is "b", that of "/" is "/". */
export function lastSegment(path: string): string {
  const decoded = decodeBytes(path).replace(/\/+$/, "");
  const name = decoded.slice(decoded.lastIndexOf("/") + 1);
  return name === "" ? "/" : name;
}

/** Percent-encodes a path of `filePath` for a Location field. Whatever a browser might take for more than a path is escaped. */
export function encodeFilePath(path: string): string {
  return path.replaceAll(
    /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** A path on disk: text, or bytes where a name is not UTF-8. */
export type DiskPath = string | Buffer;

/** The path of a file below a root. */
export function diskPath(root: string, path: string): DiskPath {
  const base = root === "/" ? "" : root;
  if (path === "") return root;
  if (isAscii(path)) return base + path;
  const text = utf8Path(path);
  return text === undefined ? Buffer.concat([Buffer.from(base), Buffer.from(path, "latin1")]) : base + text;
}

/** The text that the bytes of a path are, or undefined when they are no UTF-8. */
export function utf8Path(path: string): string | undefined {
  if (isAscii(path)) return path;
  try {
    return UTF8.decode(Buffer.from(path, "latin1"));
  } catch {
    return undefined;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isAscii(text: string): boolean {
  return !/[\u0080-\u00ff]/.test(text);
}
