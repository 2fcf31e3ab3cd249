import { Addr } from "./addr.ts";

/** The address with all but its leading `bits` cleared. */
export function networkOf(addr: Addr, bits: number): Addr {
  return mapWords(addr, bits, (word, mask) => word & mask);
}

/** The address with all but its leading `bits` set. */
export function lastOf(addr: Addr, bits: number): Addr {
  return mapWords(addr, bits, (word, mask) => word | ~mask);
}

/** The address with its leading `bits` cleared. */
export function hostOf(addr: Addr, bits: number): Addr {
  return mapWords(addr, bits, (word, mask) => word & ~mask);
}

/** The address with all its bits the other way round. */
export function inverse(addr: Addr): Addr {
  return mapWords(addr, 0, (word) => ~word);
}

/** The mask of a length: its leading `bits` are ones. */
export function maskOf(version: 4 | 6, bits: number): Addr {
  return mapWords(version === 4 ? Addr.anyV4 : Addr.anyV6, bits, (_, mask) => mask);
}

/** Whether two addresses of one version have the same leading `bits`. Nothing is allocated. */
export function sameNetwork(a: Addr, b: Addr, bits: number): boolean {
  if (a.version === 4) return wordsAgree(a.w3, b.w3, bits);
  return (
    wordsAgree(a.w0, b.w0, bits) &&
    wordsAgree(a.w1, b.w1, bits - 32) &&
    wordsAgree(a.w2, b.w2, bits - 64) &&
    wordsAgree(a.w3, b.w3, bits - 96)
  );
}

/** How many ones lead in a mask; undefined when zeros stand among them. */
export function maskLength(mask: Addr): number | undefined {
  let bits = 0;
  for (const word of mask.version === 4 ? [mask.w3] : mask.words) bits += Math.clz32(~word);
  return maskOf(mask.version, bits).equals(mask) ? bits : undefined;
}

function wordsAgree(a: number, b: number, bits: number): boolean {
  if (bits <= 0) return true;
  return bits >= 32 ? a === b : (a ^ b) >>> (32 - bits) === 0;
}

function mapWords(addr: Addr, bits: number, change: (word: number, mask: number) => number): Addr {
  const at = (word: number, from: number): number => change(word, maskWord(from)) >>> 0;
  if (addr.version === 4) return Addr.fromWords(4, [0, 0, 0, at(addr.w3, bits)]);
  return Addr.fromWords(6, [at(addr.w0, bits), at(addr.w1, bits - 32), at(addr.w2, bits - 64), at(addr.w3, bits - 96)]);
}

function maskWord(bits: number): number {
  if (bits >= 32) return -1;
  return bits <= 0 ? 0 : -1 << (32 - bits);
}
