import { popcount } from "./prefix-key.ts";
import { NODE } from "./prefix-pool.ts";
import { HOLDING, type PrefixTrie } from "./prefix-trie.ts";

/*
 * The hot paths. Nothing is allocated; the words are signed 32-bit integers, as typed arrays give them, because larger ones would be doubles. The longest
 * prefix of a node that holds the address is only noted on the way, and its value is found once, at the end.
 */

/** Where the value of the longest prefix stands that holds a version 4 address; -1 if none does. */
export function findV4<Value>(trie: PrefixTrie<Value>, word: number): number {
  const { nodes } = trie.pool;
  if (trie.shortcut > 0) {
    const found = walkV4(nodes, NODE + ((word >>> 17) << 2), word, 15);
    if (found >= 0) return found;
  }
  return walkV4(nodes, 0, word, 0);
}

function walkV4(nodes: Int32Array, start: number, word: number, startDepth: number): number {
  let node = start;
  let best = 0;
  let hits = 0;
  for (let depth = startDepth; ; depth += 5) {
    const entries = nodes[node]!;
    if (entries < 0) {
      if ((word ^ nodes[node + 2]!) >>> (32 - (entries & 0xff)) === 0) return nodes[node + 1]!;
      break;
    }
    const chunk = (word << depth) >>> 27;
    const holding = entries & HOLDING[chunk]!;
    if (holding !== 0) {
      hits = holding;
      best = node;
    }
    const children = nodes[node + 1]!;
    if (((children >>> chunk) & 1) === 0) break;
    node = nodes[node + 2]! + (popcount(children & ((1 << chunk) - 1)) << 2);
  }
  return hits === 0 ? -1 : valueOf(nodes, best, hits);
}

/** The same of a version 6 address. */
export function findV6<Value>(trie: PrefixTrie<Value>, w0: number, w1: number, w2: number, w3: number): number {
  const { nodes } = trie.pool;
  if (trie.shortcut > 0 && w0 >>> 29 === 1) {
    const found = walkV6(nodes, NODE + (((w0 << 3) >>> 15) << 2), 20, w0, w1, w2, w3);
    if (found >= 0) return found;
  }
  return walkV6(nodes, 0, 0, w0, w1, w2, w3);
}

/** `skip`, 0 or 20: how many bits lie above the start. */
function walkV6(
  nodes: Int32Array,
  start: number,
  skip: 0 | 20,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): number {
  let node = start;
  let best = 0;
  let hits = 0;
  // The bits that are left, moved up by five each time: cheaper than to cut a chunk out of two words.
  let a = skip === 0 ? w0 : (w0 << 20) | (w1 >>> 12);
  let b = skip === 0 ? w1 : (w1 << 20) | (w2 >>> 12);
  let c = skip === 0 ? w2 : (w2 << 20) | (w3 >>> 12);
  let d = skip === 0 ? w3 : w3 << 20;
  for (;;) {
    const entries = nodes[node]!;
    if (entries < 0) {
      if (leafHolds(nodes, node, w0, w1, w2, w3)) return nodes[node + 1]!;
      break;
    }
    const chunk = a >>> 27;
    const holding = entries & HOLDING[chunk]!;
    if (holding !== 0) {
      hits = holding;
      best = node;
    }
    const children = nodes[node + 1]!;
    if (((children >>> chunk) & 1) === 0) break;
    node = nodes[node + 2]! + (popcount(children & ((1 << chunk) - 1)) << 2);
    a = (a << 5) | (b >>> 27);
    b = (b << 5) | (c >>> 27);
    c = (c << 5) | (d >>> 27);
    d <<= 5;
  }
  return hits === 0 ? -1 : valueOf(nodes, best, hits);
}

function leafHolds(nodes: Int32Array, node: number, w0: number, w1: number, w2: number, w3: number): boolean {
  const bits = nodes[node]! & 0xff;
  if (bits <= 32) return (w0 ^ nodes[node + 2]!) >>> (32 - bits) === 0;
  if (bits <= 64) return w0 === nodes[node + 2]! && (w1 ^ nodes[node + 3]!) >>> (64 - bits) === 0;
  const key = nodes[node + 2]!;
  if (w0 !== nodes[key] || w1 !== nodes[key + 1]) return false;
  if (bits <= 96) return (w2 ^ nodes[key + 2]!) >>> (96 - bits) === 0;
  return w2 === nodes[key + 2]! && (w3 ^ nodes[key + 3]!) >>> (128 - bits) === 0;
}

/** The longest of the entries stands at the highest bit. */
function valueOf(nodes: Int32Array, node: number, hits: number): number {
  const longest = 31 - Math.clz32(hits);
  return nodes[node + 3]! + popcount(nodes[node]! & ((1 << longest) - 1));
}
