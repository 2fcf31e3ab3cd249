import { ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import { OPTION, padded } from "./pcapng-format.ts";

/** An option of a block, as it stands in the file. */
export interface PcapngOption {
  readonly code: number;
  /** Its bytes, borrowed from the block; numbers in them are in the section's byte order. */
  readonly value: Uint8Array;
}

/** Reads options from `start` to the end of a block's body; an end marker may be missing. Throws ParseError. */
export function decodeOptions(body: DataView, start: number, littleEndian: boolean): PcapngOption[] {
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const options: PcapngOption[] = [];
  for (let at = start; at < bytes.length;) {
    if (at + 4 > bytes.length) throw new ParseError(bytes, at, "an option is cut off");
    const code = body.getUint16(at, littleEndian);
    const length = body.getUint16(at + 2, littleEndian);
    if (code === OPTION.END) break;
    if (at + 4 + length > bytes.length) {
      throw new ParseError(bytes, at, `the option ${code} has ${length} bytes, and ${bytes.length - at - 4} are left`);
    }
    options.push({ code, value: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + padded(length);
  }
  return options;
}

/** The value of the first option with a code. */
export function optionValue(options: readonly PcapngOption[], code: number): Uint8Array | undefined {
  return options.find((option) => option.code === code)?.value;
}

/** The text of the first option with a code. */
export function optionText(options: readonly PcapngOption[], code: number): string | undefined {
  const value = optionValue(options, code);
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

/** The number of 8 bytes that an option is; undefined where it is missing or has another length. */
export function optionU64(options: readonly PcapngOption[], code: number, littleEndian: boolean): bigint | undefined {
  const value = optionValue(options, code);
  if (value?.length !== 8) return undefined;
  return new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0, littleEndian);
}

/** The number of 4 bytes that an option is; undefined where it is missing or has another length. */
export function optionU32(options: readonly PcapngOption[], code: number, littleEndian: boolean): number | undefined {
  const value = optionValue(options, code);
  if (value?.length !== 4) return undefined;
  return new DataView(value.buffer, value.byteOffset, 4).getUint32(0, littleEndian);
}

/** The bytes of options with their end marker; none when there are none. Throws RangeError on a value over 65,535 bytes. */
export function encodeOptions(options: readonly PcapngOption[], littleEndian: boolean): Uint8Array {
  if (options.length === 0) return new Uint8Array(0);
  const length = options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { code, value } of options) {
    view.setUint16(at, code, littleEndian);
    view.setUint16(at + 2, checkRange(value.length, 65_535, "the length of an option"), littleEndian);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  return bytes;
}

/** An option that is a text, in a list that is empty without it. */
export function textOption(code: number, text: string | undefined): PcapngOption[] {
  return text === undefined ? [] : [{ code, value: new TextEncoder().encode(text) }];
}

/** An option of 4 bytes, in a list that is empty without it. */
export function u32Option(code: number, number: number | undefined, littleEndian: boolean): PcapngOption[] {
  if (number === undefined) return [];
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, number, littleEndian);
  return [{ code, value }];
}

/** An option of 8 bytes, in a list that is empty without it. */
export function u64Option(code: number, number: bigint | undefined, littleEndian: boolean): PcapngOption[] {
  if (number === undefined) return [];
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, number, littleEndian);
  return [{ code, value }];
}
