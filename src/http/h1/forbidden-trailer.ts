import type { Fields } from "../message/index.ts";

/** What would change framing, routing, authority or processing if it came behind the body (RFC 9110 section 6.5.1). */
const FORBIDDEN = [
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "max-forwards",
  "proxy-authorization",
  "range",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The name of a field that may not stand in trailers, if one is among them. */
export function forbiddenTrailer(fields: Fields): string | undefined {
  return FORBIDDEN.find((name) => fields.has(name));
}
