import { chunkAt, popcount, type PrefixKey, putChunk, rankOf, sharesBits, STRIDE } from "./prefix-key.ts";
import { copyNodes, NODE, PrefixPool } from "./prefix-pool.ts";

/** For each value of the five bits, the prefixes of a node that hold it: the bits of its first word. */
export const HOLDING: Int32Array = Int32Array.from({ length: 32 }, (_, chunk) => {
  let mask = 0;
  for (let entry = (32 | chunk) >> 1; entry > 0; entry >>= 1) mask |= 1 << (entry - 1);
  return mask;
});

/** From this many prefixes on, a table of nodes some levels down saves a look-up the way to them. */
const SHORTCUT_FROM = 65_536;

/**
 * The prefixes of one version of IP in a trie of five bits a level, as in the tree bitmaps of Eatherton, Varghese and Dittia: the bits of a word say which
 * prefixes and children a node has, and counting them says where these stand. A prefix that is alone below a node is one leaf, however long.
 *
 * A large trie keeps a shortcut: copies of all nodes at one depth, in the order of their addresses. A look-up begins there, and at the root only when it
 * finds nothing. Version 4 copies depth 15 (512 KiB); version 6 depth 20 of 2000::/3, where all global addresses are (2 MiB).
 */
export class PrefixTrie<Value> {
  readonly pool: PrefixPool<Value> = new PrefixPool();
  /** How many nodes the shortcut has, at words 4 and following of the pool; 0 for none. */
  shortcut = 0;
  size = 0;
  /** Grows by one with each change of what the trie holds, so that a walk over it can tell. */
  changes = 0;
  private readonly version: 4 | 6;
  private readonly spare: PrefixKey = new Int32Array(4);

  constructor(version: 4 | 6) {
    this.version = version;
  }

  /** Where the value of exactly this prefix stands; -1 if it has none. */
  locate(key: PrefixKey, bits: number): number {
    const { nodes } = this.pool;
    for (let node = 0, depth = 0; ; depth += STRIDE) {
      if (nodes[node]! < 0) return this.isLeafOf(node, key, bits) ? nodes[node + 1]! : -1;
      const chunk = chunkAt(key, depth);
      if (bits - depth < STRIDE) {
        const entry = entryOf(chunk, bits - depth);
        return (nodes[node]! >>> entry) & 1 ? nodes[node + 3]! + rankOf(nodes[node]!, entry) : -1;
      }
      node = this.childOf(node, chunk);
      if (node === 0) return -1;
    }
  }

  /** The child for a value of the five bits; 0, where the root is, for none. */
  childOf(node: number, chunk: number): number {
    const { nodes } = this.pool;
    const children = nodes[node + 1]!;
    return (children >>> chunk) & 1 ? nodes[node + 2]! + rankOf(children, chunk) * NODE : 0;
  }

  isLeafOf(node: number, key: PrefixKey, bits: number): boolean {
    if ((this.pool.nodes[node]! & 0xff) !== bits) return false;
    this.pool.readLeaf(node, this.spare);
    return sharesBits(this.spare, key, bits);
  }

  /** Sets the value of a prefix. The bits of `key` behind its length are zero. */
  set(key: PrefixKey, bits: number, value: Value): void {
    const at = this.locate(key, bits);
    if (at >= 0) {
      this.pool.values[at] = value;
      return;
    }
    this.beginChange();
    const place = this.pool.takeValues(1);
    this.pool.values[place] = value;
    this.insert(0, 0, key, bits, place);
    this.size++;
    this.refresh(key);
  }

  /** Removes a prefix; returns whether it was there. */
  delete(key: PrefixKey, bits: number): boolean {
    if (this.locate(key, bits) < 0) return false;
    this.beginChange();
    this.remove(0, 0, key, bits);
    this.size--;
    this.refresh(key);
    return true;
  }

  private beginChange(): void {
    this.changes++;
    if (!this.pool.isFull) return;
    this.pool.pack(this.chooseShortcut());
    this.spare.fill(0);
    for (let index = 0; index < this.shortcut; index++) {
      if (this.version === 4) this.spare[0] = index << 17;
      else this.spare[0] = 0x2000_0000 | (index << 12);
      this.refresh(this.spare);
    }
  }

  /** A trie that shrinks keeps its shortcut down to half of what it takes to get one. */
  private chooseShortcut(): number {
    const wanted = this.size >= (this.shortcut > 0 ? SHORTCUT_FROM / 2 : SHORTCUT_FROM);
    this.shortcut = wanted ? (this.version === 4 ? 1 << 15 : 1 << 17) : 0;
    return this.shortcut;
  }

  /** Copies the node on the way of `key` into the shortcut. A change touches no other one there: what moves keeps its four words. */
  private refresh(key: PrefixKey): void {
    if (this.shortcut === 0 || (this.version === 6 && key[0]! >>> 29 !== 1)) return;
    const { nodes } = this.pool;
    const index = this.version === 4 ? key[0]! >>> 17 : (key[0]! << 3) >>> 15;
    const target = NODE + index * NODE;
    let node = 0;
    for (let depth = 0; depth < (this.version === 4 ? 15 : 20); depth += STRIDE) {
      node = this.childOf(node, chunkAt(key, depth));
      if (node === 0 || nodes[node]! < 0) {
        nodes.fill(0, target, target + NODE);
        return;
      }
    }
    copyNodes(nodes, node, nodes, target, 1);
  }

  /** Puts a prefix that is not there below a node; its value stands at `value`. */
  private insert(from: number, fromDepth: number, key: PrefixKey, bits: number, value: number): void {
    let node = from;
    for (let depth = fromDepth; ; depth += STRIDE) {
      const chunk = chunkAt(key, depth);
      if (bits - depth < STRIDE) {
        this.addEntry(node, entryOf(chunk, bits - depth), value);
        return;
      }
      const child = this.childOf(node, chunk);
      if (child === 0) {
        this.pool.writeLeaf(this.addChild(node, chunk), key, bits, value);
        return;
      }
      if (this.pool.nodes[child]! < 0) this.pushDown(child, depth + STRIDE);
      node = child;
    }
  }

  /** Makes a node of a leaf, with the leaf in it. */
  private pushDown(node: number, depth: number): void {
    const { nodes } = this.pool;
    const bits = nodes[node]! & 0xff;
    const value = nodes[node + 1]!;
    const key = new Int32Array(4);
    this.pool.readLeaf(node, key);
    this.pool.giveLeafKey(node);
    nodes.fill(0, node, node + NODE);
    this.insert(node, depth, key, bits, value);
  }

  private addEntry(node: number, entry: number, value: number): void {
    const { nodes, values } = this.pool;
    const entries = nodes[node]!;
    const count = popcount(entries);
    nodes[node] = entries | (1 << entry);
    if (count === 0) {
      nodes[node + 3] = value;
      return;
    }
    const rank = rankOf(entries, entry);
    const old = nodes[node + 3]!;
    const block = this.pool.takeValues(count + 1);
    for (let i = 0; i < count; i++) values[block + (i < rank ? i : i + 1)] = values[old + i];
    values[block + rank] = values[value];
    this.pool.giveValues(old, count);
    this.pool.giveValues(value, 1);
    nodes[node + 3] = block;
  }

  /** Makes room for a child, and returns where to write it. */
  private addChild(node: number, chunk: number): number {
    const { nodes } = this.pool;
    const children = nodes[node + 1]!;
    const count = popcount(children);
    const rank = rankOf(children, chunk);
    const old = nodes[node + 2]!;
    const block = this.pool.takeNodes(count + 1);
    copyNodes(nodes, old, nodes, block, rank);
    copyNodes(nodes, old + rank * NODE, nodes, block + (rank + 1) * NODE, count - rank);
    this.pool.giveNodes(old, count);
    nodes[node + 1] = children | (1 << chunk);
    nodes[node + 2] = block;
    return block + rank * NODE;
  }

  private remove(node: number, depth: number, key: PrefixKey, bits: number): void {
    const chunk = chunkAt(key, depth);
    if (bits - depth < STRIDE) {
      this.dropEntry(node, entryOf(chunk, bits - depth));
      return;
    }
    const child = this.childOf(node, chunk);
    if (this.pool.nodes[child]! < 0) {
      this.pool.giveLeafKey(child);
      this.pool.giveValues(this.pool.nodes[child + 1]!, 1);
      this.dropChild(node, chunk);
      return;
    }
    this.remove(child, depth + STRIDE, key, bits);
    this.fold(child, depth + STRIDE, key);
  }

  /** Makes a leaf again of a child in which one prefix is left. A node has two at least; only the root may have fewer. */
  private fold(child: number, depth: number, path: PrefixKey): void {
    const { nodes } = this.pool;
    const entries = nodes[child]!;
    const children = nodes[child + 1]!;
    if (children === 0 && popcount(entries) === 1) {
      const entry = 32 - Math.clz32(entries);
      const length = 31 - Math.clz32(entry);
      const key = Int32Array.from(path);
      putChunk(key, depth, (entry << (STRIDE - length)) & 31);
      this.pool.writeLeaf(child, key, depth + length, nodes[child + 3]!);
    } else if (entries === 0 && popcount(children) === 1 && nodes[nodes[child + 2]!]! < 0) {
      const only = nodes[child + 2]!;
      copyNodes(nodes, only, nodes, child, 1);
      this.pool.giveNodes(only, 1);
    }
  }

  private dropEntry(node: number, entry: number): void {
    const { nodes, values } = this.pool;
    const entries = nodes[node]!;
    const block = nodes[node + 3]!;
    const last = popcount(entries) - 1;
    for (let i = block + rankOf(entries, entry); i < block + last; i++) values[i] = values[i + 1];
    this.pool.giveValues(block + last, 1);
    nodes[node] = entries & ~(1 << entry);
  }

  private dropChild(node: number, chunk: number): void {
    const { nodes } = this.pool;
    const children = nodes[node + 1]!;
    const block = nodes[node + 2]!;
    const at = block + rankOf(children, chunk) * NODE;
    const last = block + (popcount(children) - 1) * NODE;
    copyNodes(nodes, at + NODE, nodes, at, (last - at) / NODE);
    this.pool.giveNodes(last, 1);
    nodes[node + 1] = children & ~(1 << chunk);
  }
}

/** The bit that stands for a prefix of `length` (0 to 4) in a node. */
export function entryOf(chunk: number, length: number): number {
  return ((1 << length) | (chunk >>> (STRIDE - length))) - 1;
}
