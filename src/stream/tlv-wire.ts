import { TlvTooLarge, TlvTruncated, TlvUnknownType, TlvWrongType } from "./tlv-error.ts";
import type { AnyTlvType, TlvType } from "./tlv-type.ts";

/** A type's byte and a length of four bytes, most significant first. */
export const TLV_HEADER_BYTES = 5;
/** The longest value that is read or written unless another limit is given: 10 MiB. */
export const TLV_MAX_BYTES: number = 10 * 1024 * 1024;

/** What is allocated for a value before any of it has come: its length is only a claim. */
const FIRST_BUFFER = 64 * 1024;

/** The bytes of a value as a TLV, in a buffer of their own. Throws TlvTooLarge, and RangeError for a type that is no byte. */
export function encodeTlv<Value>(type: TlvType<Value>, value: Value, maxBytes: number = TLV_MAX_BYTES): Uint8Array {
  if (!Number.isInteger(type.type) || type.type < 0 || type.type > 255)
    throw new RangeError(`a TLV's type is a number from 0 to 255, not ${type.type}`);
  const bytes = type.encode(value);
  if (bytes.length > Math.min(maxBytes, 0xffff_ffff)) throw new TlvTooLarge(bytes.length, maxBytes);
  const encoded = new Uint8Array(TLV_HEADER_BYTES + bytes.length);
  encoded[0] = type.type;
  new DataView(encoded.buffer).setUint32(1, bytes.length);
  encoded.set(bytes, TLV_HEADER_BYTES);
  return encoded;
}

/** What a TLV must be for a decoder to take it. */
export interface TlvRules<Type extends AnyTlvType> {
  /** The types that are asked for. */
  readonly wanted: readonly Type[];
  /** Types that are known besides: one of them is wrong here, any other is unknown. */
  readonly known: readonly AnyTlvType[];
  readonly maxBytes: number;
}

/**
 * Decodes one TLV from bytes that come in pieces, of whatever sizes. Put bytes into what `target` gives, then say how many in `filled`.
 *
 * @example
 * const decoder = new TlvDecoder({ wanted: [tlvString], known: [], maxBytes: TLV_MAX_BYTES });
 * while (!decoder.done) decoder.filled(copyInto(decoder.target));
 * const text = decoder.type.decode(decoder.bytes);
 */
export class TlvDecoder<Type extends AnyTlvType> {
  private readonly rules: TlvRules<Type>;
  private readonly head: Uint8Array<ArrayBuffer> = new Uint8Array(TLV_HEADER_BYTES);
  private headFilled = 0;
  private found: Type | undefined = undefined;
  private length = 0;
  private value: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  private valueFilled = 0;

  constructor(rules: TlvRules<Type>) {
    this.rules = rules;
  }

  /** Whether a whole TLV has come. */
  get done(): boolean {
    return this.found !== undefined && this.valueFilled === this.length;
  }

  /** Whether nothing of it has come. */
  get untouched(): boolean {
    return this.headFilled === 0;
  }

  /** Its type, known once the header has come. */
  get type(): Type | undefined {
    return this.found;
  }

  /** Its value once it is done: the caller's. */
  get bytes(): Uint8Array {
    return this.value.length === this.length ? this.value : this.value.subarray(0, this.length);
  }

  /** What came of a header that was refused, or is not whole yet. */
  get header(): Uint8Array {
    return this.head.subarray(0, this.headFilled);
  }

  /** Where the next bytes go, all of them this TLV's: borrowed until `filled`. */
  get target(): Uint8Array {
    if (this.found === undefined) return this.head.subarray(this.headFilled);
    if (this.valueFilled === this.value.length) this.grow();
    return this.value.subarray(this.valueFilled, this.length);
  }

  /** The first `count` bytes of `target` have come. Throws TlvUnknownType, TlvWrongType or TlvTooLarge at the end of a header that says so, having allocated nothing for the value. */
  filled(count: number): void {
    if (this.found !== undefined) {
      this.valueFilled += count;
      return;
    }
    this.headFilled += count;
    if (this.headFilled === TLV_HEADER_BYTES) this.readHeader();
  }

  /** The error of a stream that ended here. */
  truncated(): TlvTruncated {
    return this.found === undefined
      ? new TlvTruncated(this.headFilled, TLV_HEADER_BYTES, "header")
      : new TlvTruncated(this.valueFilled, this.length, "value");
  }

  private readHeader(): void {
    const { wanted, known, maxBytes } = this.rules;
    const number = this.head[0]!;
    const type = wanted.find((each) => each.type === number);
    const length = new DataView(this.head.buffer).getUint32(1);
    if (type === undefined) throw this.refusal(number, known);
    if (length > maxBytes) throw new TlvTooLarge(length, maxBytes);
    this.length = length;
    this.found = type;
  }

  private refusal(number: number, known: readonly AnyTlvType[]): Error {
    const other = known.find((each) => each.type === number);
    if (other === undefined) return new TlvUnknownType(number);
    return new TlvWrongType(
      number,
      other.name,
      this.rules.wanted.map((each) => `${each.type} (${each.name})`).join(" or "),
    );
  }

  /** Doubles the buffer up to the length: a claim alone gets 64 KiB, whatever it claims. */
  private grow(): void {
    const grown = new Uint8Array(Math.min(this.length, Math.max(FIRST_BUFFER, 2 * this.value.length)));
    grown.set(this.value);
    this.value = grown;
  }
}
