import { ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import { readU16, readU32, writeU16, writeU32 } from "./layer.ts";

const END = 0;
const NO_OPERATION = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;

/** A block of bytes that came out of order: sequence numbers of the first byte and of the one behind the last. */
export interface SackBlock {
  readonly left: number;
  readonly right: number;
}

/** An option of TCP (RFC 9293 section 3.2, RFC 7323, RFC 2018); what is not known here comes raw. */
export type TcpOption =
  | { readonly kind: "mss"; readonly value: number }
  | { readonly kind: "windowScale"; readonly shift: number }
  | { readonly kind: "sackPermitted" }
  | { readonly kind: "sack"; readonly blocks: readonly SackBlock[] }
  | { readonly kind: "timestamps"; readonly value: number; readonly echo: number }
  | { readonly kind: "raw"; readonly type: number; readonly data: Uint8Array };

/** Reads options from `start` to `end`, without padding. Raw data is borrowed. Throws ParseError. */
export function decodeTcpOptions(bytes: Uint8Array, start: number, end: number): TcpOption[] {
  const options: TcpOption[] = [];
  for (let at = start; at < end;) {
    const type = bytes[at]!;
    if (type === END) break;
    if (type === NO_OPERATION) at++;
    else {
      const length = at + 1 < end ? bytes[at + 1]! : 0;
      if (length < 2 || at + length > end) {
        throw new ParseError(bytes, at, `the TCP option ${type} has a length that cannot be`);
      }
      options.push(decodeOption(bytes, at, length, type));
      at += length;
    }
  }
  return options;
}

function decodeOption(bytes: Uint8Array, at: number, length: number, type: number): TcpOption {
  if (type === MSS && length === 4) return { kind: "mss", value: readU16(bytes, at + 2) };
  if (type === WINDOW_SCALE && length === 3) return { kind: "windowScale", shift: bytes[at + 2]! };
  if (type === SACK_PERMITTED && length === 2) return { kind: "sackPermitted" };
  if (type === TIMESTAMPS && length === 10) {
    return { kind: "timestamps", value: readU32(bytes, at + 2), echo: readU32(bytes, at + 6) };
  }
  if (type === SACK && length > 2 && (length - 2) % 8 === 0) {
    const blocks: SackBlock[] = [];
    for (let i = at + 2; i < at + length; i += 8)
      blocks.push({ left: readU32(bytes, i), right: readU32(bytes, i + 4) });
    return { kind: "sack", blocks };
  }
  return { kind: "raw", type, data: bytes.subarray(at + 2, at + length) };
}

/** Writes options as bytes, padded to a multiple of 4. Throws RangeError when there are more than 40. */
export function encodeTcpOptions(options: readonly TcpOption[]): Uint8Array {
  const parts = options.map(encodeOption);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  checkRange(length, 40, "the length of the TCP options");
  const bytes = new Uint8Array(Math.ceil(length / 4) * 4);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function encodeOption(option: TcpOption): Uint8Array {
  switch (option.kind) {
    case "mss":
      return Uint8Array.of(MSS, 4, checkRange(option.value, 65_535, "mss") >>> 8, option.value & 0xff);
    case "windowScale":
      return Uint8Array.of(WINDOW_SCALE, 3, checkRange(option.shift, 14, "shift"));
    case "sackPermitted":
      return Uint8Array.of(SACK_PERMITTED, 2);
    case "sack":
      return withWords(
        SACK,
        option.blocks.flatMap(({ left, right }) => [left, right]),
      );
    case "timestamps":
      return withWords(TIMESTAMPS, [option.value, option.echo]);
    case "raw":
      return rawOption(option.type, option.data);
  }
}

function withWords(type: number, words: readonly number[]): Uint8Array {
  const data = new Uint8Array(words.length * 4);
  words.forEach((word, i) => writeU32(data, i * 4, checkRange(word, 0xffff_ffff, "a number in an option")));
  return rawOption(type, data);
}

function rawOption(type: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 2);
  writeU16(bytes, 0, (checkRange(type, 255, "an option's type") << 8) | checkRange(bytes.length, 40, "its length"));
  bytes.set(data, 2);
  return bytes;
}
