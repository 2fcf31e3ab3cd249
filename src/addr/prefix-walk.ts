import type { Prefix } from "./prefix.ts";
import { chunkAt, cutKey, prefixOf, type PrefixKey, putChunk, rankOf, sharesBits, STRIDE } from "./prefix-key.ts";
import { entryOf, HOLDING, type PrefixTrie } from "./prefix-trie.ts";

/** The binary heap of a node, parents before children and lower addresses first: 1 to 31 are its prefixes, 32 to 63 its children. */
const ORDER: readonly number[] = inOrder(1);

function inOrder(at: number): number[] {
  return at > 31 ? [at] : [at, ...inOrder(at * 2), ...inOrder(at * 2 + 1)];
}

/** A node on the way down, and which part of ORDER is still to be walked there. */
interface Frame {
  readonly node: number;
  readonly depth: number;
  next: number;
  readonly end: number;
}

/**
 * The prefixes inside one, itself included, in the order of their addresses, shorter ones first. Throws an Error when the trie has changed since
 * the last one was given out.
 */
export function* walkInside<Value>(
  trie: PrefixTrie<Value>,
  version: 4 | 6,
  key: PrefixKey,
  bits: number,
): Generator<[Prefix, Value]> {
  const { changes } = trie;
  const path = new Int32Array(4);
  const stack = [...enter(trie, key, bits, path)];
  if (stack[0] !== undefined && trie.pool.nodes[stack[0].node]! < 0) {
    yield leafEntry(trie, version, stack[0].node, path);
    return;
  }
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.next === frame.end) stack.pop();
    else {
      const found = step(trie, version, frame, path, stack);
      if (found === undefined) continue;
      yield found;
      if (trie.changes !== changes) throw new Error("a PrefixTable was changed while it was walked");
    }
  }
}

/** Where the prefixes inside `key` begin: one frame, or none. */
function enter<Value>(trie: PrefixTrie<Value>, key: PrefixKey, bits: number, path: PrefixKey): Frame[] {
  let node = 0;
  let depth = 0;
  for (; bits - depth >= STRIDE; depth += STRIDE) {
    const chunk = chunkAt(key, depth);
    node = trie.childOf(node, chunk);
    if (node === 0) return [];
    if (trie.pool.nodes[node]! < 0) {
      trie.pool.readLeaf(node, path);
      const inside = (trie.pool.nodes[node]! & 0xff) >= bits && sharesBits(path, key, bits);
      return inside ? [{ node, depth, next: 0, end: 0 }] : [];
    }
  }
  path.set(key);
  const top = entryOf(chunkAt(key, depth), bits - depth) + 1;
  const next = ORDER.indexOf(top);
  return [{ node, depth, next, end: next + 2 ** (6 - (bits - depth)) - 1 }];
}

/** Goes one place on in a frame; the prefix that is there, if one is. */
function step<Value>(
  trie: PrefixTrie<Value>,
  version: 4 | 6,
  frame: Frame,
  path: PrefixKey,
  stack: Frame[],
): [Prefix, Value] | undefined {
  const { nodes, values } = trie.pool;
  const at = ORDER[frame.next++]!;
  if (at < 32) {
    const entries = nodes[frame.node]!;
    if (((entries >>> (at - 1)) & 1) === 0) return undefined;
    const length = 31 - Math.clz32(at);
    putChunk(path, frame.depth, (at << (STRIDE - length)) & 31);
    const value = values[nodes[frame.node + 3]! + rankOf(entries, at - 1)] as Value;
    return [prefixOf(version, path, frame.depth + length), value];
  }
  const child = trie.childOf(frame.node, at - 32);
  if (child === 0) return undefined;
  if (nodes[child]! < 0) return leafEntry(trie, version, child, new Int32Array(4));
  putChunk(path, frame.depth, at - 32);
  stack.push({ node: child, depth: frame.depth + STRIDE, next: 0, end: ORDER.length });
  return undefined;
}

function leafEntry<Value>(trie: PrefixTrie<Value>, version: 4 | 6, leaf: number, key: PrefixKey): [Prefix, Value] {
  const { nodes, values } = trie.pool;
  trie.pool.readLeaf(leaf, key);
  return [prefixOf(version, key, nodes[leaf]! & 0xff), values[nodes[leaf + 1]!] as Value];
}

/** The prefixes that hold one, itself included, the shortest first. */
export function collectAround<Value>(
  trie: PrefixTrie<Value>,
  version: 4 | 6,
  key: PrefixKey,
  bits: number,
): [Prefix, Value][] {
  const { nodes, values } = trie.pool;
  const found: [Prefix, Value][] = [];
  const path = new Int32Array(4);
  for (let node = 0, depth = 0; ; depth += STRIDE) {
    if (nodes[node]! < 0) {
      const leaf = leafEntry(trie, version, node, path);
      if (leaf[0].bits <= bits && sharesBits(path, key, leaf[0].bits)) found.push(leaf);
      return found;
    }
    const chunk = chunkAt(key, depth);
    const rest = bits - depth;
    const wanted = rest < STRIDE ? HOLDING[chunk]! & (2 ** (2 ** (rest + 1) - 1) - 1) : HOLDING[chunk]!;
    for (let left = nodes[node]! & wanted; left !== 0; left &= left - 1) {
      const entry = 31 - Math.clz32(left & -left);
      const length = depth + 31 - Math.clz32(entry + 1);
      const value = values[nodes[node + 3]! + rankOf(nodes[node]!, entry)] as Value;
      found.push([prefixOf(version, cutKey(key, length, path), length), value]);
    }
    if (rest < STRIDE) return found;
    node = trie.childOf(node, chunk);
    if (node === 0) return found;
  }
}
