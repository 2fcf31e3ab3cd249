import { type Conn, output, OUTPUT_MAX } from "../../net/index.ts";
import { FIELD_VALUE, type OutgoingRequest, ProtocolError, TOKEN } from "../message/index.ts";
import { QUERY } from "./byte-tables.ts";
import { CHUNKED_FIELD, CLOSE_FIELD, writeContentLength } from "./response-head-writer.ts";

const encoder = new TextEncoder();
const VERSION_AND_HOST = encoder.encode(" HTTP/1.1\r\nHost: ");
const UPGRADE_FIELDS = encoder.encode("Connection: Upgrade\r\nUpgrade: ");
/** What the constant parts of a head take at most. */
const CONSTANT = 128;

/** Methods that mean a body: without one they say so (RFC 9110 section 8.6). */
const MEANS_BODY: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/**
 * Writes the head of a request into the Conn's output and commits it. `host` stands for a Host that the request does not have; without
 * `keepAlive` it asks for the connection's end. Throws a ProtocolError, and writes nothing, when a part of it may not be sent.
 */
export function sendRequestHead(conn: Conn, request: OutgoingRequest, host: string, keepAlive: boolean): void {
  const { method, target, fields, bodyLength, upgrade } = request;
  const authority = request.host === "" ? host : request.host;
  const room = method.length + target.length + authority.length + fields.wireLength + (upgrade?.length ?? 0) + CONSTANT;
  if (method === "CONNECT") throw wrong("a CONNECT makes a tunnel, which an answer does not end");
  if (room > OUTPUT_MAX) throw wrong(`its head needs ${room} bytes, more than ${OUTPUT_MAX}`);
  const from = conn.reserve(room);
  const { bytes } = output;
  let at = putText(bytes, from, method, TOKEN, "method");
  bytes[at++] = 0x20;
  at = putText(bytes, at, target, QUERY, "target");
  at = put(bytes, at, VERSION_AND_HOST);
  at = putText(bytes, at, authority, QUERY, "host");
  bytes[at++] = 0x0d;
  bytes[at++] = 0x0a;
  at = fields.writeTo(bytes, at);
  if (upgrade !== undefined) {
    at = putText(bytes, put(bytes, at, UPGRADE_FIELDS), upgrade, FIELD_VALUE, "upgrade");
    bytes[at++] = 0x0d;
    bytes[at++] = 0x0a;
  } else if (!keepAlive) at = put(bytes, at, CLOSE_FIELD);
  if (bodyLength < 0) at = put(bytes, at, CHUNKED_FIELD);
  else if (bodyLength > 0 || MEANS_BODY.has(method)) at = writeContentLength(bytes, at, bodyLength);
  bytes[at++] = 0x0d;
  bytes[at++] = 0x0a;
  conn.commit(at - from);
}

/** Writes a text of which every character must be in `allowed`: what a rewrite made of a target must not end the line. */
function putText(bytes: Uint8Array, at: number, text: string, allowed: Uint8Array, what: string): number {
  if (text.length === 0) throw wrong(`its ${what} is empty`);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || allowed[code] === 0) {
      throw wrong(`its ${what} ${JSON.stringify(text)} holds a character that is not allowed there`);
    }
    bytes[at++] = code;
  }
  return at;
}

function put(bytes: Uint8Array, at: number, part: Uint8Array): number {
  for (let i = 0; i < part.length; i++) bytes[at++] = part[i]!;
  return at;
}

function wrong(reason: string): ProtocolError {
  return new ProtocolError("caller", `the request cannot be sent: ${reason}`);
}
