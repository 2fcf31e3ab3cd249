import type { Clock, Random } from "../../../clock/index.ts";
import type { Exchange, Fields } from "../../../http/message/index.ts";
import { multipart, type Piece } from "./body-pieces.ts";
import { type ByteRange, contentRange, parseRange } from "./byte-ranges.ts";
import type { CachedFile } from "./cached-file.ts";
import { checkPreconditions, rangeHolds, type Validators } from "./conditional.ts";
import { sendPieces } from "./file-sender.ts";

/** What an answer depends on besides the request and the file. */
export interface AnswerOptions {
  /** Sent in place of every status of its own; 0: none. */
  readonly status: number;
  readonly random: Random;
  readonly clock: Clock;
}

const MALFORMED = new TextEncoder().encode("invalid range\n");
const UNSATISFIABLE = new TextEncoder().encode("invalid range: failed to overlap\n");

/**
 * Answers a request with a file: its preconditions, its ranges, the whole. Fields that handlers before this one have set stay: a Content-Type and an ETag of theirs stand for
 * the file's own, which are then not looked at.
 */
export function answerFile(exchange: Exchange, file: CachedFile, options: AnswerOptions): void | Promise<void> {
  const { fields } = exchange;
  const isGet = exchange.method === "GET" || exchange.method === "HEAD";
  const validators = validatorsOf(exchange, file);
  const wallNow = options.clock.wallNow();
  const verdict = checkPreconditions(fields, validators, isGet, wallNow);
  if (verdict === 304) return answerNotModified(exchange, file, options);
  if (verdict === 412) return answerFailed(exchange, file, options);
  const range = fields.get("range") ?? "";
  if (range === "" || !rangeHolds(fields, validators, wallNow)) return answerWhole(exchange, file, options);
  const ranges = parseRange(range, file.size);
  if (typeof ranges === "string") return refuseRange(exchange, file, ranges, options);
  if (ranges.length === 0) return answerWhole(exchange, file, options);
  if (ranges.length === 1) return answerPart(exchange, file, ranges[0]!, options);
  return answerParts(exchange, file, ranges, options);
}

/** Answers a plain GET with the whole of a large file. */
export function answerLarge(exchange: Exchange, file: CachedFile): Promise<void> {
  putFileFields(exchange.responseFields, file).appendUnchecked("Accept-Ranges", "bytes");
  exchange.start(200, file.size);
  return sendPieces(exchange, file, [file.whole]);
}

/** The validators that the response will carry. */
function validatorsOf(exchange: Exchange, file: CachedFile): Validators {
  const own = exchange.hasResponseFields ? exchange.responseFields.get("etag") : undefined;
  return own === undefined ? file : { etag: own, modifiedMs: file.modifiedMs };
}

function answerWhole(exchange: Exchange, file: CachedFile, options: AnswerOptions): void | Promise<void> {
  if (file.prepared !== undefined && options.status === 0 && !exchange.hasResponseFields) {
    return exchange.respond(file.prepared);
  }
  putFileFields(exchange.responseFields, file).set("Accept-Ranges", "bytes");
  return send(exchange, file, options.status || 200, file.size, [file.whole]);
}

function answerPart(
  exchange: Exchange,
  file: CachedFile,
  range: ByteRange,
  options: AnswerOptions,
): void | Promise<void> {
  const fields = putFileFields(exchange.responseFields, file);
  fields.set("Accept-Ranges", "bytes");
  fields.set("Content-Range", contentRange(range, file.size));
  return send(exchange, file, options.status || 206, range.length, [range]);
}

function answerParts(
  exchange: Exchange,
  file: CachedFile,
  ranges: readonly ByteRange[],
  options: AnswerOptions,
): void | Promise<void> {
  const fields = putFileFields(exchange.responseFields, file);
  const boundary = Buffer.from(options.random.bytes(16)).toString("hex");
  const body = multipart(ranges, file.size, fields.get("content-type"), boundary);
  fields.set("Accept-Ranges", "bytes");
  fields.set("Content-Type", `multipart/byteranges; boundary=${boundary}`);
  return send(exchange, file, options.status || 206, body.length, body.pieces);
}

function answerNotModified(exchange: Exchange, file: CachedFile, options: AnswerOptions): void {
  if (options.status === 0 && !exchange.hasResponseFields) return exchange.respond(file.notModified);
  const fields = putFileFields(exchange.responseFields, file);
  fields.delete("content-type");
  // A client that has the tag needs no date (RFC 9110 section 15.4.5).
  if (fields.has("etag")) fields.delete("last-modified");
  exchange.start(options.status || 304, 0);
  exchange.end();
}

function answerFailed(exchange: Exchange, file: CachedFile, options: AnswerOptions): void {
  putFileFields(exchange.responseFields, file);
  exchange.start(options.status || 412, 0);
  exchange.end();
}

/** As Caddy and Go: the reason is told as text, and nothing else of the file but its length. */
function refuseRange(
  exchange: Exchange,
  file: CachedFile,
  why: "malformed" | "unsatisfiable",
  options: AnswerOptions,
): void {
  const fields = exchange.responseFields;
  for (const name of ["cache-control", "content-encoding", "etag", "last-modified"]) fields.delete(name);
  if (why === "unsatisfiable") fields.set("Content-Range", `bytes */${file.size}`);
  fields.set("Content-Type", "text/plain; charset=utf-8");
  fields.set("X-Content-Type-Options", "nosniff");
  const body = why === "malformed" ? MALFORMED : UNSATISFIABLE;
  exchange.start(options.status || 416, body.length);
  exchange.end(exchange.method === "HEAD" ? undefined : body);
}

function putFileFields(fields: Fields, file: CachedFile): Fields {
  const { contentType, etag, lastModified } = file;
  if (contentType !== undefined && !fields.has("content-type")) fields.appendUnchecked("Content-Type", contentType);
  if (etag !== "" && !fields.has("etag")) fields.appendUnchecked("ETag", etag);
  if (lastModified === "") return fields;
  fields.delete("last-modified");
  fields.appendUnchecked("Last-Modified", lastModified);
  return fields;
}

/** Sends the head and then the pieces: at once from memory, else from the open file. */
function send(
  exchange: Exchange,
  file: CachedFile,
  status: number,
  length: number,
  pieces: readonly Piece[],
): void | Promise<void> {
  exchange.start(status, length);
  const { body } = file;
  if (exchange.method === "HEAD" || status === 204 || status === 304) return exchange.end();
  if (body === undefined) return sendPieces(exchange, file, pieces);
  for (const piece of pieces) {
    exchange.write(piece instanceof Uint8Array ? piece : body.subarray(piece.start, piece.start + piece.length));
  }
  return exchange.end();
}
