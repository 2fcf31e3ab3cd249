/** Four words of 32 bits, the first the most significant. */
export type Words = readonly [number, number, number, number];

/** Reads a.b.c.d between two offsets: the word, or why it is none. No leading zeros, no fewer parts, as Go's netip. */
export function parseV4(text: string, start: number, end: number): number | string {
  let word = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let i = start; i < end; i++) {
    const char = text.charCodeAt(i);
    if (char >= 0x30 && char <= 0x39) {
      if (digits === 1 && part === 0) return "an IPv4 part has a leading zero";
      part = part * 10 + char - 0x30;
      digits++;
      if (part > 255) return "an IPv4 part is above 255";
    } else if (char === 0x2e) {
      if (digits === 0) return "an IPv4 part is empty";
      if (parts === 4) return "an IPv4 address has more than four parts";
      word = (word << 8) | part;
      parts++;
      part = 0;
      digits = 0;
    } else return "an IPv4 address holds a character that is no digit";
  }
  if (parts < 4) return "an IPv4 address has fewer than four parts";
  if (digits === 0) return "an IPv4 part is empty";
  return ((word << 8) | part) >>> 0;
}

/** Reused by every call: a parse is over before the next begins. */
const groups = new Uint16Array(8);

/** Reads an IPv6 address without zone between two offsets: its words, or why it is none (RFC 4291 section 2.2). */
export function parseV6(text: string, start: number, end: number): Words | string {
  let count = 0;
  let gap = -1;
  let i = start;
  if (text.charCodeAt(i) === 0x3a) {
    if (text.charCodeAt(i + 1) !== 0x3a || end - start < 2) return "an IPv6 address begins with a single colon";
    gap = 0;
    i += 2;
  }
  while (i < end) {
    if (count === 8) return "an IPv6 address has more than eight groups";
    let value = 0;
    let digits = 0;
    const from = i;
    for (; i < end; i++) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit < 0) break;
      value = (value << 4) | digit;
      if (++digits > 4) return "an IPv6 group has more than four digits";
    }
    if (digits === 0) return "an IPv6 group is empty or holds a character that is no hexadecimal digit";
    if (i < end && text.charCodeAt(i) === 0x2e) {
      const word =
        count > 6 || (gap < 0 && count !== 6) ? "an IPv4 part stands in the wrong place" : parseV4(text, from, end);
      if (typeof word === "string") return word;
      groups[count++] = word >>> 16;
      groups[count++] = word & 0xffff;
      i = end;
      break;
    }
    groups[count++] = value;
    if (i === end) break;
    if (text.charCodeAt(i) !== 0x3a) return "an IPv6 address holds a character that is no hexadecimal digit";
    if (++i === end) return "an IPv6 address ends with a single colon";
    if (text.charCodeAt(i) !== 0x3a) continue;
    if (gap >= 0) return "an IPv6 address has more than one ::";
    gap = count;
    i++;
  }
  if (gap < 0 && count < 8) return "an IPv6 address has fewer than eight groups";
  if (gap >= 0 && count === 8) return "the :: of an IPv6 address stands for nothing";
  if (gap >= 0) spread(gap, count);
  return [word(0), word(2), word(4), word(6)];
}

/** Moves the groups behind the gap to the end and fills it with zeros. */
function spread(gap: number, count: number): void {
  const behind = count - gap;
  groups.copyWithin(8 - behind, gap, count);
  groups.fill(0, gap, 8 - behind);
}

function word(at: number): number {
  return ((groups[at]! << 16) | groups[at + 1]!) >>> 0;
}

function hexDigit(char: number): number {
  if (char >= 0x30 && char <= 0x39) return char - 0x30;
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as "::", a mapped address with its IPv4 form. */
export function formatV6(words: Words): string {
  const parts = words.flatMap((each) => [each >>> 16, each & 0xffff]);
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  if (mapped) return `::ffff:${parts[6]! >> 8}.${parts[6]! & 255}.${parts[7]! >> 8}.${parts[7]! & 255}`;
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && parts[i + length] === 0) length++;
    if (length > runLength) {
      runStart = i;
      runLength = length;
    }
    i += length;
  }
  const hex = (from: number, to: number): string =>
    parts
      .slice(from, to)
      .map((part) => part.toString(16))
      .join(":");
  return runStart < 0 ? hex(0, 8) : `${hex(0, runStart)}::${hex(runStart + runLength, 8)}`;
}
