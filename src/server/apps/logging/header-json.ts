import type { Fields } from "../../../http/message/index.ts";
import type { LineBuffer } from "../../../log/index.ts";
import { SECRET_FIELDS } from "./request-record.ts";

const COLON = 0x3a;
const CR = 0x0d;
const DASH = 0x2d;

const SECRETS: readonly Uint8Array[] = SECRET_FIELDS.map((name) => new TextEncoder().encode(name));
const DATE = new TextEncoder().encode("date");

/** What a byte of a name is written as, by `capital << 8 | byte`. */
const NAME_CASE = new Uint8Array(512);
for (let byte = 0; byte < 256; byte++) {
  NAME_CASE[byte] = lower(byte);
  NAME_CASE[256 | byte] = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}

/** A field inside a buffer: four offsets a field, as a parser leaves them. Grows with the largest head seen. */
let ranges = new Uint32Array(64);
/** What equal names have in common, a number a field: most pairs of names are told apart by it. */
let tags = new Int32Array(16);

/**
 * Writes the fields that a request came with, whatever handlers made of them: `{"Accept":["*\/*"], …}`, names in canonical form, Host left out.
 */
export function writeRequestFields(buffer: LineBuffer, fields: Fields, credentials: boolean): void {
  const count = fields.parsedCount;
  reserveRanges(count);
  for (let i = 0; i < count; i++) {
    ranges[i * 4] = fields.parsedOffset(i, 0);
    ranges[i * 4 + 1] = fields.parsedOffset(i, 1);
    ranges[i * 4 + 2] = fields.parsedOffset(i, 2);
    ranges[i * 4 + 3] = fields.parsedOffset(i, 3);
  }
  writeRanges(buffer, fields.parsedBytes, count, credentials, HOST);
}

const HOST = new TextEncoder().encode("host");

/** What a head was written as that came twice running. Prepared responses come with the same array again and again; only Date changes in it. */
let seenHead: Uint8Array | undefined;
let knownHead: Uint8Array | undefined;
let knownJson = new Uint8Array(0);
let knownCredentials = false;

/** Writes the fields of a response head as it was sent, lines of `Name: value CRLF`, without Date. */
export function writeSentFields(buffer: LineBuffer, head: Uint8Array, credentials: boolean): void {
  if (head === knownHead && credentials === knownCredentials) {
    buffer.raw(knownJson);
    return;
  }
  const from = buffer.length;
  writeHead(buffer, head, credentials);
  if (head === seenHead && head.length > 0) {
    knownJson = buffer.bytes.slice(from, buffer.length);
    knownHead = head;
    knownCredentials = credentials;
  } else seenHead = head;
}

function writeHead(buffer: LineBuffer, head: Uint8Array, credentials: boolean): void {
  let count = 0;
  let at = 0;
  while (at < head.length) {
    reserveRanges(count + 1);
    const colon = head.indexOf(COLON, at);
    const end = head.indexOf(CR, colon);
    ranges[count * 4] = at;
    ranges[count * 4 + 1] = colon;
    ranges[count * 4 + 2] = colon + 2;
    ranges[count * 4 + 3] = end;
    at = end + 2;
    count++;
  }
  writeRanges(buffer, head, count, credentials, DATE);
}

function reserveRanges(count: number): void {
  if (count * 4 <= ranges.length) return;
  const grown = new Uint32Array(count * 8);
  grown.set(ranges);
  ranges = grown;
  tags = new Int32Array(count * 2);
}

/** The length of a name, and its first, middle and last byte without their case. */
function tagOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const outer = lower(bytes[start]!) | (lower(bytes[end - 1]!) << 8);
  return outer | (lower(bytes[start + (length >> 1)]!) << 16) | (length << 24);
}

/** One of 32 bits for a tag; bits that shift out of a tag's upper byte are no loss, as equal names have equal tags. */
function tagBit(tag: number): number {
  return 1 << (Math.imul(tag, 0x9e37_79b1) >>> 27);
}

const SECRET_TAGS: readonly number[] = SECRETS.map((secret) => tagOf(secret, 0, secret.length));
const SECRET_BITS = SECRET_TAGS.reduce((bits, tag) => bits | tagBit(tag), 0);

function isSecret(bytes: Uint8Array, field: number): boolean {
  const tag = tags[field]!;
  if ((SECRET_BITS & tagBit(tag)) === 0) return false;
  for (let i = 0; i < SECRETS.length; i++) if (SECRET_TAGS[i] === tag && isName(bytes, field, SECRETS[i]!)) return true;
  return false;
}

function writeRanges(
  buffer: LineBuffer,
  bytes: Uint8Array,
  count: number,
  credentials: boolean,
  left: Uint8Array,
): void {
  const repeated = tagNames(bytes, count);
  let opening = OPENING_FIRST;
  for (let i = 0; i < count; i++) {
    if (isName(bytes, i, left) || (repeated && hasEarlier(bytes, i))) continue;
    writeName(buffer, bytes, i, opening);
    opening = OPENING_NEXT;
    if (!credentials && isSecret(bytes, i)) buffer.ascii('"REDACTED"');
    else writeValues(buffer, bytes, i, repeated ? count : 0);
  }
  if (opening === OPENING_FIRST) buffer.ascii("{}");
  else buffer.ascii("]}");
}

/** Tags every name and tells whether one comes twice. A bit a name, by its tag, spares most names the comparison with all that came before. */
function tagNames(bytes: Uint8Array, count: number): boolean {
  let repeated = false;
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const tag = tagOf(bytes, ranges[i * 4]!, ranges[i * 4 + 1]!);
    tags[i] = tag;
    const bit = tagBit(tag);
    if ((seen & bit) !== 0 && !repeated) repeated = hasEarlier(bytes, i);
    seen |= bit;
  }
  return repeated;
}

/** What stands before a name: the start of the object, or the end of the values before. */
const OPENING_FIRST = Uint8Array.of(0x7b, 0x22);
const OPENING_NEXT = Uint8Array.of(0x5d, 0x2c, 0x22);

/** Writes `opening` and `Content-Type":[`: a capital at the start and after each dash, the rest in lower case, as Go writes names. */
function writeName(buffer: LineBuffer, bytes: Uint8Array, field: number, opening: Uint8Array): void {
  const start = ranges[field * 4]!;
  const end = ranges[field * 4 + 1]!;
  buffer.reserve(end - start + 6);
  const target = buffer.bytes;
  let at = buffer.length;
  for (let i = 0; i < opening.length; i++) target[at++] = opening[i]!;
  let capital = 256;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    target[at++] = NAME_CASE[capital | byte]!;
    capital = byte === DASH ? 256 : 0;
  }
  target[at++] = 0x22;
  target[at++] = COLON;
  target[at++] = 0x5b;
  buffer.length = at;
}

/** Writes the value of a field, and those of the fields of its name before `count`. */
function writeValues(buffer: LineBuffer, bytes: Uint8Array, field: number, count: number): void {
  buffer.jsonBytes(bytes, ranges[field * 4 + 2]!, ranges[field * 4 + 3]!);
  for (let i = field + 1; i < count; i++) {
    if (!sameName(bytes, field, i)) continue;
    buffer.byte(0x2c);
    buffer.jsonBytes(bytes, ranges[i * 4 + 2]!, ranges[i * 4 + 3]!);
  }
}

function hasEarlier(bytes: Uint8Array, field: number): boolean {
  for (let i = 0; i < field; i++) if (sameName(bytes, i, field)) return true;
  return false;
}

function sameName(bytes: Uint8Array, a: number, b: number): boolean {
  if (tags[a] !== tags[b]) return false;
  const startA = ranges[a * 4]!;
  const startB = ranges[b * 4]!;
  const length = ranges[a * 4 + 1]! - startA;
  if (ranges[b * 4 + 1]! - startB !== length) return false;
  for (let i = 0; i < length; i++) if (lower(bytes[startA + i]!) !== lower(bytes[startB + i]!)) return false;
  return true;
}

function isName(bytes: Uint8Array, field: number, name: Uint8Array): boolean {
  const start = ranges[field * 4]!;
  if (ranges[field * 4 + 1]! - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (lower(bytes[start + i]!) !== name[i]) return false;
  return true;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
