import { ParseError } from "../bytes/index.ts";
import { inspectedAsText } from "./inspected.ts";

/** How a hardware address is written: "00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e" or "001a2b3c4d5e". */
export type MacForm = "colon" | "hyphen" | "dot" | "bare";

/** The separator of a form and how many digits stand between two. */
const FORMS: Readonly<Record<MacForm, readonly [separator: string, digits: number]>> = {
  colon: [":", 2],
  hyphen: ["-", 2],
  dot: [".", 4],
  bare: ["", 16],
};

/**
 * A hardware address: EUI-48, as Ethernet's, or EUI-64 (RFC 9542). Immutable; its text is canonical, so that two are equal exactly when their
 * texts are.
 *
 * @example
 * Mac.parse("001A.2B3C.4D5E").toString(); // "00:1a:2b:3c:4d:5e"
 */
export class Mac {
  static {
    inspectedAsText(Mac);
  }

  /** ff:ff:ff:ff:ff:ff: everyone on the link. */
  static readonly broadcast: Mac = new Mac(48, 0xffff, 0xffff_ffff);
  /** 48 or 64. */
  readonly bitLength: 48 | 64;
  /** The leading 16 or 32 bits, and the last 32. */
  private readonly high: number;
  private readonly low: number;

  private constructor(bitLength: 48 | 64, high: number, low: number) {
    this.bitLength = bitLength;
    this.high = high >>> 0;
    this.low = low >>> 0;
  }

  /** Reads any of the forms of `MacForm`, in any case of letters; every byte has two digits, and one text one separator. Throws ParseError. */
  static parse(text: string): Mac {
    const form = formOf(text);
    const [separator, width] = FORMS[form];
    const digits = separator === "" ? text : text.replaceAll(separator, "");
    checkDigits(text, separator, width);
    if (digits.length !== 12 && digits.length !== 16)
      throw new ParseError(text, 0, `a hardware address has 6 or 8 bytes, not ${digits.length / 2}`);
    const high = Number.parseInt(digits.slice(0, -8), 16);
    return new Mac(digits.length === 12 ? 48 : 64, high, Number.parseInt(digits.slice(-8), 16));
  }

  /** The same, with undefined for what is none. */
  static tryParse(text: string): Mac | undefined {
    try {
      return Mac.parse(text);
    } catch {
      return undefined;
    }
  }

  /** From 6 or 8 bytes in network order. Throws RangeError on another length. */
  static fromBytes(bytes: Uint8Array): Mac {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length === 6) return new Mac(48, view.getUint16(0), view.getUint32(2));
    if (bytes.length !== 8) throw new RangeError(`a hardware address has 6 or 8 bytes, not ${bytes.length}`);
    return new Mac(64, view.getUint32(0), view.getUint32(4));
  }

  /** Its 6 or 8 bytes in network order, owned by the caller. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.bitLength / 8);
    const view = new DataView(bytes.buffer);
    if (this.bitLength === 48) view.setUint16(0, this.high);
    else view.setUint32(0, this.high);
    view.setUint32(bytes.length - 4, this.low);
    return bytes;
  }

  /** Whether it names a group of stations, the broadcast included (the I/G bit). */
  get isMulticast(): boolean {
    return (this.firstByte & 1) !== 0;
  }

  /** Whether it was chosen locally, and not by the maker of the hardware (the U/L bit). */
  get isLocal(): boolean {
    return (this.firstByte & 2) !== 0;
  }

  /** Whether it is ff:ff:ff:ff:ff:ff. */
  get isBroadcast(): boolean {
    return this.bitLength === 48 && this.high === 0xffff && this.low === 0xffff_ffff;
  }

  /** The first three bytes, the maker's number, as "00:1a:2b"; only a register of makers says whose it is. */
  get oui(): string {
    return this.toString().slice(0, 8);
  }

  /** The EUI-64 of an EUI-48: ff:fe in the middle. An EUI-64 as it is. IPv6 also flips a bit: see `interfaceIdOfMac`. */
  toEui64(): Mac {
    if (this.bitLength === 64) return this;
    const high = (this.high << 16) | ((this.low >>> 16) & 0xff00) | 0xff;
    return new Mac(64, high, 0xfe00_0000 | (this.low & 0xff_ffff));
  }

  /** Negative, 0 or positive: EUI-48 before EUI-64, then by number. */
  compare(other: Mac): number {
    return this.bitLength - other.bitLength || this.high - other.high || this.low - other.low;
  }

  equals(other: Mac): boolean {
    return this.compare(other) === 0;
  }

  /** Its text in a form; letters are small, but capital between hyphens, as Windows has them. */
  format(form: MacForm): string {
    const digits =
      this.high.toString(16).padStart(this.bitLength / 4 - 8, "0") + this.low.toString(16).padStart(8, "0");
    const [separator, width] = FORMS[form];
    const groups: string[] = [];
    for (let i = 0; i < digits.length; i += width) groups.push(digits.slice(i, i + width));
    const text = groups.join(separator);
    return form === "hyphen" ? text.toUpperCase() : text;
  }

  /** In small letters with colons. */
  toString(): string {
    return this.format("colon");
  }

  toJSON(): string {
    return this.toString();
  }

  private get firstByte(): number {
    return this.high >>> (this.bitLength - 40);
  }
}

function formOf(text: string): MacForm {
  if (text.includes(":")) return "colon";
  if (text.includes("-")) return "hyphen";
  return text.includes(".") ? "dot" : "bare";
}

/** Throws unless every `width` hexadecimal digits a separator stands, and nothing else. */
function checkDigits(text: string, separator: string, width: number): void {
  if (text === "") throw new ParseError(text, 0, "empty");
  for (let i = 0; i < text.length; i++) {
    const place = separator === "" ? 0 : i % (width + 1);
    const char = text[i]!;
    if (place === width) {
      if (char !== separator) throw new ParseError(text, i, `${width} digits stand between two ${separator}`);
    } else if (!/[0-9a-fA-F]/.test(char)) {
      const reason =
        char === separator ? `fewer than ${width} digits before a ${separator}` : "a character is no hexadecimal digit";
      throw new ParseError(text, i, reason);
    }
  }
  if (separator !== "" && text.length % (width + 1) !== width)
    throw new ParseError(text, text.length, `${width} digits stand behind the last ${separator}`);
}
