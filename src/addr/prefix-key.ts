import { Addr } from "./addr.ts";
import { Prefix } from "./prefix.ts";

/**
 * The bits of an address as a trie walks them: four words, the first bit of the address at the top of the first one. A version 4 address stands in
 * the first word, so that both versions are walked alike.
 */
export type PrefixKey = Int32Array;

/** How many bits one node of the trie covers. */
export const STRIDE = 5;

/** Writes the leading `bits` of an address into `key`, and zeros behind them. */
export function writeKey(key: PrefixKey, addr: Addr, bits: number): void {
  const v4 = addr.version === 4;
  key[0] = leading(v4 ? addr.w3 : addr.w0, bits);
  key[1] = v4 ? 0 : leading(addr.w1, bits - 32);
  key[2] = v4 ? 0 : leading(addr.w2, bits - 64);
  key[3] = v4 ? 0 : leading(addr.w3, bits - 96);
}

/** Copies the leading `bits` of a key, and zeros behind them. */
export function cutKey(key: PrefixKey, bits: number, into: PrefixKey): PrefixKey {
  for (let word = 0; word < 4; word++) into[word] = leading(key[word]!, bits - word * 32);
  return into;
}

/** The prefix that a key stands for. Its bits behind the length are zero. */
export function prefixOf(version: 4 | 6, key: PrefixKey, bits: number): Prefix {
  const word = (at: number): number => key[at]! >>> 0;
  const words = version === 4 ? ([0, 0, 0, word(0)] as const) : ([word(0), word(1), word(2), word(3)] as const);
  return new Prefix(Addr.fromWords(version, words), bits);
}

/** The five bits that begin at `depth`; zeros stand behind the last one. */
export function chunkAt(key: PrefixKey, depth: number): number {
  const word = depth >>> 5;
  const offset = depth & 31;
  const here = key[word]! << offset;
  return (offset > 27 && word < 3 ? here | (key[word + 1]! >>> (32 - offset)) : here) >>> 27;
}

/** Sets the five bits that begin at `depth` and clears all behind them. */
export function putChunk(key: PrefixKey, depth: number, chunk: number): void {
  const word = depth >>> 5;
  const offset = depth & 31;
  key[word] = leading(key[word]!, offset) | ((chunk << 27) >>> offset);
  key.fill(0, word + 1);
  if (offset > 27 && word < 3) key[word + 1] = chunk << (59 - offset);
}

/** Whether two keys have the same leading `bits`. */
export function sharesBits(a: PrefixKey, b: PrefixKey, bits: number): boolean {
  for (let word = 0; word < 4; word++) {
    if (leading(a[word]! ^ b[word]!, bits - word * 32) !== 0) return false;
  }
  return true;
}

/** The leading bits of a word: all of them from 32 on, none from 0 down. */
function leading(word: number, bits: number): number {
  if (bits >= 32) return word | 0;
  return bits <= 0 ? 0 : word & (-1 << (32 - bits));
}

/** How many bits of a word are set. */
export function popcount(word: number): number {
  const pairs = (word - ((word >>> 1) & 0x5555_5555)) | 0;
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** How many of the bits below `bit` are set. */
export function rankOf(word: number, bit: number): number {
  return popcount(word & ((1 << bit) - 1));
}
