import { decodePath, type Exchange } from "../../../http/message/index.ts";

/** An escaped path whose every character may stand in one (RFC 3986 section 3.3). */
const VALID = /^(?:[\w\-.~!$&'()*+,;=:@/[\]]|%[\dA-Fa-f]{2})*$/;

/** What `encodeURIComponent` escapes and a path need not. */
const NEEDLESS = /%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g;

/** Escapes a decoded path, as Go does: everything but letters, digits and `-_.~$&+,/:;=@`. */
export function escapePath(path: string): string {
  return encodeURIComponent(path.toWellFormed())
    .replaceAll(NEEDLESS, decodeURIComponent)
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A path as configs and placeholders make it, part escaped and part not, as it can be sent. With a broken escape all of it counts as not escaped. */
export function escapeMixedPath(path: string): string {
  return rooted(escapePath(/%(?![\dA-Fa-f]{2})/.test(path) ? path : decodePath(path)));
}

/** Changes the escaped path of a request; what the change leaves unescaped is escaped. A target without a path (`*`) is left alone. */
export function changePath(exchange: Exchange, change: (escaped: string) => string): void {
  const { path } = exchange;
  if (!path.startsWith("/")) return;
  const changed = change(path);
  if (changed !== path) exchange.path = rooted(VALID.test(changed) ? changed : escapePath(decodePath(changed)));
}

/** A request's path begins with a slash, whatever was cut off it. */
function rooted(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}
