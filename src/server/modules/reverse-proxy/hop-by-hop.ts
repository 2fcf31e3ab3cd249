import type { Fields } from "../../../http/message/index.ts";
import { FieldTable } from "./field-table.ts";

/** What a scan does with the fields it knows. */
const DROP = 1;
const CONNECTION = 2;
const UPGRADE = 3;
const TE = 4;
const TRAILER = 5;
const FORWARDED = 6;

/**
 * Fields that never go through a proxy: hop-by-hop ones (RFC 9110 section 7.6.1, RFC 2616 section 13.5.1) and those that the engine writes itself.
 * `Alt-Svc` speaks of the connection it came on.
 */
const BOTH_WAYS: readonly (readonly [string, number])[] = [
  ["alt-svc", DROP],
  ["connection", CONNECTION],
  ["content-length", DROP],
  ["keep-alive", DROP],
  ["proxy-authenticate", DROP],
  ["proxy-authorization", DROP],
  ["proxy-connection", DROP],
  ["te", TE],
  ["trailer", TRAILER],
  ["transfer-encoding", DROP],
  ["upgrade", UPGRADE],
];
/** `Expect` is answered by the server itself, when the body is first asked for. */
const REQUEST = new FieldTable([
  ...BOTH_WAYS,
  ["expect", DROP],
  ["host", DROP],
  ["x-forwarded-for", FORWARDED],
  ["x-forwarded-host", FORWARDED],
  ["x-forwarded-proto", FORWARDED],
]);
const RESPONSE = new FieldTable(BOTH_WAYS);

/** What may not come after a body: framing, routing, and whatever a proxy vouches for (RFC 9110 section 6.5.1). */
const LATE = new FieldTable([
  ...BOTH_WAYS,
  ["authorization", DROP],
  ["content-encoding", DROP],
  ["content-type", DROP],
  ["content-range", DROP],
  ["cookie", DROP],
  ["host", DROP],
  ["set-cookie", DROP],
  ["x-forwarded-for", FORWARDED],
  ["x-forwarded-host", FORWARDED],
  ["x-forwarded-proto", FORWARDED],
]);

/**
 * Takes out of a request's fields what must not reach an upstream: hop-by-hop fields, those that `Connection` names, and the client's
 * own `X-Forwarded-*` together with their aliases (`X_Forwarded_For`), which many backends read as the same name. With `trusted` the
 * well-spelt ones stay, for `addForwarded`. `TE: trailers` stays; `Trailer` stays when the body is `chunked`.
 *
 * Returns the protocol that the client asked to upgrade to, in lower case, or undefined.
 */
export function stripRequest(fields: Fields, trusted: boolean, chunked: boolean): string | undefined {
  let connection: string | undefined;
  let upgrade: string | undefined;
  let trailers = false;
  // Backwards, so that deleting an added field moves none that is still to come.
  for (let at = fields.end - 1; at >= 0; at--) {
    const kind = REQUEST.looseKindAt(fields, at);
    if (kind === 0) continue;
    if (kind === CONNECTION) connection = nominations(fields, at, connection);
    else if (kind === UPGRADE) upgrade = fields.valueAt(at).toLowerCase();
    else if (kind === TE) trailers ||= hasToken(fields.valueAt(at), "trailers");
    else if (kind === TRAILER && chunked) continue;
    else if (kind === FORWARDED && trusted && REQUEST.kindAt(fields, at) === FORWARDED) continue;
    fields.deleteAt(at);
  }
  if (connection !== undefined) deleteNominated(fields, connection);
  if (trailers) fields.appendUnchecked("TE", "trailers");
  return upgrade !== undefined && connection !== undefined && hasToken(connection, "upgrade") ? upgrade : undefined;
}

/** Takes out of a response's fields what must not reach the client. `Trailer` stays when the body is `chunked`. */
export function stripResponse(fields: Fields, chunked: boolean): void {
  let connection: string | undefined;
  for (let at = fields.end - 1; at >= 0; at--) {
    const kind = RESPONSE.kindAt(fields, at);
    if (kind === 0 || (kind === TRAILER && chunked)) continue;
    if (kind === CONNECTION) connection = nominations(fields, at, connection);
    fields.deleteAt(at);
  }
  if (connection !== undefined) deleteNominated(fields, connection);
}

/** Takes out of trailers what must not come late. */
export function stripTrailers(trailers: Fields): void {
  for (let at = trailers.end - 1; at >= 0; at--) {
    if (LATE.looseKindAt(trailers, at) !== 0) trailers.deleteAt(at);
  }
}

/** Whether a list of tokens holds `token`, which is in lower case. */
export function hasToken(list: string, token: string): boolean {
  for (const entry of list.split(",")) if (entry.trim().toLowerCase() === token) return true;
  return false;
}

/** Adds a `Connection` value to those found so far; the two usual ones name no field, and are told without making a string. */
function nominations(fields: Fields, at: number, found: string | undefined): string | undefined {
  if (fields.valueIs(at, "keep-alive") || fields.valueIs(at, "close")) return found;
  return found === undefined ? fields.valueAt(at) : `${found},${fields.valueAt(at)}`;
}

function deleteNominated(fields: Fields, connection: string): void {
  for (const entry of connection.split(",")) {
    const name = entry.trim();
    if (name !== "") fields.delete(name);
  }
}
