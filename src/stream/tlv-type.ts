import { ParseError } from "../bytes/index.ts";

/** A kind of value that a TLV can carry. */
export interface TlvType<Value> {
  /** The number on the wire, 0 to 255. */
  readonly type: number;
  /** What errors call it. */
  readonly name: string;
  /** The value's bytes; they are copied. */
  encode(value: Value): Uint8Array;
  /** The value of bytes that it may keep. Throws ParseError for bytes that are none. */
  decode(bytes: Uint8Array): Value;
}

/** Type 1: bytes as they are. */
export const tlvBinary: TlvType<Uint8Array> = {
  type: 1,
  name: "binary",
  encode: (value) => value,
  decode: (bytes) => bytes,
};

/** Type 2: a text in UTF-8. Bytes that are no UTF-8 are a ParseError. */
export const tlvString: TlvType<string> = {
  type: 2,
  name: "string",
  encode: (value) => new TextEncoder().encode(value),
  decode: decodeText,
};

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ParseError(bytes, 0, "a TLV's string is no UTF-8", { cause });
  }
}

/** The two types that everybody knows. */
export const TLV_TYPES: readonly AnyTlvType[] = [tlvBinary, tlvString];

/** A type whatever its values are: only its number and name can be used. */
export type AnyTlvType = Pick<TlvType<never>, "type" | "name">;
