import { absoluteLimits, type Conn, type WaitOptions } from "../net/index.ts";
import { type AnyTlvType, TLV_TYPES, type TlvType } from "./tlv-type.ts";
import { encodeTlv, TLV_MAX_BYTES, TlvDecoder } from "./tlv-wire.ts";

/** How TLVs are read. */
export interface TlvReadOptions extends WaitOptions {
  /** The longest value in bytes. Default 10 MiB. */
  readonly maxBytes?: number;
  /** Types that exist besides the ones asked for, so that one of them is "wrong" and not "unknown". Default: binary and string. */
  readonly known?: readonly AnyTlvType[];
}

/** How TLVs are written. */
export interface TlvWriteOptions extends WaitOptions {
  /** The longest value in bytes. Default 10 MiB. */
  readonly maxBytes?: number;
}

/** A value and what it is. */
export interface TlvValue<Value> {
  readonly type: TlvType<Value>;
  readonly value: Value;
}

/**
 * Reads one value of a type; null at the end of the stream, between TLVs. Throws TlvWrongType, TlvUnknownType or TlvTooLarge, with the TLV still unread; TlvTruncated when the stream
 * ends within one; ParseError for bytes that are no such value; NetError: after a limit that passed, what came of a header is still to be read, of a value it is lost.
 *
 * @example
 * const name = await readTlv(conn, tlvString, { timeoutMs: 5000 });
 */
export async function readTlv<Value>(
  conn: Conn,
  type: TlvType<Value>,
  options: TlvReadOptions = {},
): Promise<Value | null> {
  const found = await readAnyTlv(conn, [type], options);
  return found === null ? null : found.value;
}

/** The same, for whichever of several types comes. Throws RangeError when none is given. */
export async function readAnyTlv<Value>(
  conn: Conn,
  types: readonly TlvType<Value>[],
  options: TlvReadOptions = {},
): Promise<TlvValue<Value> | null> {
  if (types.length === 0) throw new RangeError("readAnyTlv needs at least one type to read");
  const { known = TLV_TYPES, maxBytes = TLV_MAX_BYTES } = options;
  const decoder = new TlvDecoder({ wanted: types, known, maxBytes });
  const limits = absoluteLimits(options, conn.wheel);
  try {
    while (!decoder.done) {
      const count = await conn.readInto(decoder.target, limits);
      if (count === null) break;
      decoder.filled(count);
    }
  } catch (error) {
    if (decoder.type === undefined) conn.unread(decoder.header);
    throw error;
  }
  if (decoder.untouched) return null;
  if (!decoder.done) throw decoder.truncated();
  const type = decoder.type!;
  return { type, value: type.decode(decoder.bytes) };
}

/**
 * Writes a value as a TLV. Throws TlvTooLarge before anything is sent; otherwise as `Conn.write`.
 *
 * @example
 * await writeTlv(conn, tlvString, "hello");
 */
export async function writeTlv<Value>(
  conn: Conn,
  type: TlvType<Value>,
  value: Value,
  options: TlvWriteOptions = {},
): Promise<void> {
  await conn.write(encodeTlv(type, value, options.maxBytes), options);
}
