import { isFieldName, isFieldValue } from "./field-syntax.ts";

const EMPTY_BYTES = new Uint8Array(0);
const EMPTY_OFFSETS = new Uint32Array(0);
const latin1Slice = Buffer.prototype.latin1Slice;
const COLON = 0x3a;
/** Added to the end of a parsed field's name when the field is deleted, so that what came can still be told (see `parsedCount`). */
const GAP = 0x8000_0000;

/**
 * The header or trailer fields of a message: in wire order, with duplicates and case kept; names compare without case (RFC 9110 section 5.1).
 *
 * A parser hands its fields over as bytes and offsets (`adopt`), and they stay that way: looking one up costs no allocation, a string is made when a
 * value is asked for, and sending them on copies bytes. Fields added later stand behind them as strings.
 *
 * Positions run from 0 to `end`; a deleted field leaves a gap, for which `nameAt` is "" (iteration skips gaps).
 *
 * @example
 * const fields = new Fields();
 * fields.set("Cache-Control", "no-store");
 * fields.get("cache-control"); // "no-store"
 */
export class Fields {
  private bytes: Uint8Array = EMPTY_BYTES;
  /** Four a field: start and end of the name, start and end of the value. A gap's name ends beyond GAP. */
  private offsets: Uint32Array = EMPTY_OFFSETS;
  private parsed = 0;
  private readonly names: string[] = [];
  private readonly contents: string[] = [];
  private gaps = 0;

  /** From pairs, `Headers` or any iterable of them. Throws TypeError on what may not be sent. */
  static from(entries: Iterable<readonly [string, string]>): Fields {
    const fields = new Fields();
    for (const [name, value] of entries) fields.append(name, value);
    return fields;
  }

  /**
   * Takes parsed fields, dropping whatever was there. Both arrays are borrowed until `clear` or the next `adopt`, and deletions write gaps into
   * `offsets`. The parser has checked names and values.
   */
  adopt(bytes: Uint8Array, offsets: Uint32Array, count: number): void {
    this.bytes = bytes;
    this.offsets = offsets;
    this.parsed = count;
    this.gaps = 0;
    if (this.names.length > 0) {
      this.names.length = 0;
      this.contents.length = 0;
    }
  }

  /** The same fields, now standing at the same offsets of other bytes. */
  moveTo(bytes: Uint8Array): void {
    this.bytes = bytes;
  }

  clear(): void {
    this.adopt(EMPTY_BYTES, EMPTY_OFFSETS, 0);
  }

  /** How many fields there are. */
  get size(): number {
    return this.parsed + this.names.length - this.gaps;
  }

  /** One past the last position. */
  get end(): number {
    return this.parsed + this.names.length;
  }

  /** The name at a position, in its own case; "" for a gap. */
  nameAt(position: number): string {
    if (position >= this.parsed) return this.names[position - this.parsed] ?? "";
    const end = this.offsets[position * 4 + 1]!;
    return end >= GAP ? "" : latin1Slice.call(this.bytes, this.offsets[position * 4], end);
  }

  /** The value at a position, without the white space around it; bytes above 0x7F as Latin-1. */
  valueAt(position: number): string {
    if (position >= this.parsed) return this.contents[position - this.parsed] ?? "";
    const at = position * 4 + 2;
    return latin1Slice.call(this.bytes, this.offsets[at], this.offsets[at + 1]);
  }

  /**
   * For one scan after many names: the length of the name at a position in the upper bits, its first byte in lower case in the lowest eight. 0 for a
   * gap. What matches is then compared by `nameIs`.
   */
  tagAt(position: number): number {
    if (position < this.parsed) {
      const start = this.offsets[position * 4]!;
      const end = this.offsets[position * 4 + 1]!;
      return end >= GAP ? 0 : ((end - start) << 8) | lowerCase(this.bytes[start]!);
    }
    const name = this.names[position - this.parsed];
    return name === undefined ? 0 : (name.length << 8) | lowerCase(name.charCodeAt(0));
  }

  /** Whether a position, no gap, holds the name `lower`, which is in lower case. No allocation. */
  nameIs(position: number, lower: string): boolean {
    if (position >= this.parsed) return this.names[position - this.parsed]!.toLowerCase() === lower;
    const start = this.offsets[position * 4]!;
    return this.offsets[position * 4 + 1]! - start === lower.length && equalsLowerCase(this.bytes, start, lower);
  }

  /** Whether the value at a position is `lower`, which is in lower case, but for case. No allocation. */
  valueIs(position: number, lower: string): boolean {
    if (position >= this.parsed) return this.contents[position - this.parsed]!.toLowerCase() === lower;
    const start = this.offsets[position * 4 + 2]!;
    return this.offsets[position * 4 + 3]! - start === lower.length && equalsLowerCase(this.bytes, start, lower);
  }

  /** The first position at or after `from` that holds `name`, or -1. No allocation when `name` is in lower case. */
  find(name: string, from = 0): number {
    const lower = toLowerCase(name);
    const { bytes, offsets, parsed } = this;
    const length = lower.length;
    for (let i = from; i < parsed; i++) {
      const start = offsets[i * 4]!;
      if (offsets[i * 4 + 1]! - start === length && equalsLowerCase(bytes, start, lower)) return i;
    }
    for (let i = Math.max(from - parsed, 0); i < this.names.length; i++) {
      const own = this.names[i]!;
      if (own.length === length && (own === lower || own.toLowerCase() === lower)) return i + parsed;
    }
    return -1;
  }

  has(name: string): boolean {
    return this.find(name) >= 0;
  }

  /** The first value of `name`. */
  get(name: string): string | undefined {
    const at = this.find(name);
    return at < 0 ? undefined : this.valueAt(at);
  }

  /** Every value of `name`, in order. */
  values(name: string): string[] {
    const values: string[] = [];
    for (let at = this.find(name); at >= 0; at = this.find(name, at + 1)) values.push(this.valueAt(at));
    return values;
  }

  /** Every value of `name` joined by ", " (RFC 9110 section 5.3), or undefined when there is none. Not for Set-Cookie. */
  combined(name: string): string | undefined {
    const first = this.find(name);
    if (first < 0) return undefined;
    return this.find(name, first + 1) < 0 ? this.valueAt(first) : this.values(name).join(", ");
  }

  /** Adds a field behind the others. Throws TypeError on a name that is no token or a value with CR, LF, NUL or other controls. */
  append(name: string, value: string): void {
    check(name, value);
    this.names.push(name);
    this.contents.push(value);
  }

  /** The same for what is known to be valid, such as a constant or an address: nothing is checked. Never for what came from a peer. */
  appendUnchecked(name: string, value: string): void {
    this.names.push(name);
    this.contents.push(value);
  }

  /** Replaces every field of that name by one. */
  set(name: string, value: string): void {
    check(name, value);
    this.delete(name);
    this.names.push(name);
    this.contents.push(value);
  }

  /** Deletes every field of that name; returns whether there was one. */
  delete(name: string): boolean {
    let at = this.find(name);
    if (at < 0) return false;
    for (; at >= 0; at = this.find(name, at)) this.deleteAt(at);
    return true;
  }

  /** Deletes the field at a position. Positions of parsed fields stay; those of added ones move up. */
  deleteAt(position: number): void {
    if (position >= this.parsed) {
      this.names.splice(position - this.parsed, 1);
      this.contents.splice(position - this.parsed, 1);
    } else if (this.offsets[position * 4 + 1]! < GAP) {
      this.offsets[position * 4 + 1]! += GAP;
      this.gaps++;
    }
  }

  /** How many fields the parser handed over, deleted ones included: a log tells what came, whatever handlers made of it. */
  get parsedCount(): number {
    return this.parsed;
  }

  /** The bytes that `parsedOffset` points into. Borrowed. */
  get parsedBytes(): Uint8Array {
    return this.bytes;
  }

  /** Where a part of parsed field `index` stands, deleted or not: 0 and 1 the start and end of its name, 2 and 3 those of its value. */
  parsedOffset(index: number, part: 0 | 1 | 2 | 3): number {
    const offset = this.offsets[index * 4 + part]!;
    return part === 1 && offset >= GAP ? offset - GAP : offset;
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (let i = 0; i < this.end; i++) {
      const name = this.nameAt(i);
      if (name !== "") yield [name, this.valueAt(i)];
    }
  }

  /** A copy that borrows nothing. */
  clone(): Fields {
    return Fields.from(this);
  }

  /** The most bytes that `writeTo` can need. */
  get wireLength(): number {
    let length = 0;
    const { offsets, parsed } = this;
    for (let i = 0; i < parsed; i++) {
      const nameEnd = offsets[i * 4 + 1]!;
      if (nameEnd < GAP) length += offsets[i * 4 + 3]! - offsets[i * 4 + 2]! + nameEnd - offsets[i * 4]! + 4;
    }
    for (let i = 0; i < this.names.length; i++) length += this.names[i]!.length + this.contents[i]!.length + 4;
    return length;
  }

  /** Writes every field as `Name: value CRLF` at `at`, where `wireLength` bytes are free, and returns the offset behind them. */
  writeTo(target: Uint8Array, at: number): number {
    const { bytes, offsets, parsed } = this;
    for (let i = 0; i < parsed; i++) {
      const start = offsets[i * 4]!;
      const nameEnd = offsets[i * 4 + 1]!;
      if (nameEnd >= GAP) continue;
      at = copy(target, at, bytes, start, nameEnd);
      target[at++] = COLON;
      target[at++] = 0x20;
      at = copy(target, at, bytes, offsets[i * 4 + 2]!, offsets[i * 4 + 3]!);
      target[at++] = 0x0d;
      target[at++] = 0x0a;
    }
    for (let i = 0; i < this.names.length; i++) at = writeField(target, at, this.names[i]!, this.contents[i]!);
    return at;
  }
}

/** Writes one field as `Name: value CRLF`, in Latin-1, and returns the offset behind it. */
export function writeField(target: Uint8Array, at: number, name: string, value: string): number {
  for (let i = 0; i < name.length; i++) target[at++] = name.charCodeAt(i);
  target[at++] = COLON;
  target[at++] = 0x20;
  for (let i = 0; i < value.length; i++) target[at++] = value.charCodeAt(i);
  target[at++] = 0x0d;
  target[at++] = 0x0a;
  return at;
}

function copy(target: Uint8Array, at: number, source: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) target[at++] = source[i]!;
  return at;
}

function equalsLowerCase(bytes: Uint8Array, start: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    if (lowerCase(bytes[start + i]!) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** The name itself when it is in lower case already, so that the usual call allocates nothing. */
function toLowerCase(name: string): string {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return name.toLowerCase();
  }
  return name;
}

function check(name: string, value: string): void {
  if (!isFieldName(name)) {
    throw new TypeError(
      `cannot send the field ${JSON.stringify(name)}: a name is made of letters, digits and !#$%&'*+-.^_\`|~`,
    );
  }
  if (!isFieldValue(value)) {
    throw new TypeError(
      `cannot send the field ${name}: its value ${JSON.stringify(value)} holds a control character or one beyond Latin-1`,
    );
  }
}
