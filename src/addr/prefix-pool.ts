import { popcount, type PrefixKey } from "./prefix-key.ts";

/*
 * A node takes four words, and stands for five bits of address:
 *   0  the prefixes that end in it: bit i is entry i + 1 of a binary heap, so 1 of length 0, 2 of length 1, … 16 of length 4
 *   1  its children, one bit for each value of the five bits
 *   2  where its children stand, side by side
 *   3  where the values of its prefixes stand, side by side
 * A child below which there is one prefix alone is a leaf, in the same four words:
 *   0  LEAF and the length of the prefix
 *   1  where its value stands
 *   2  its first 64 bits; of a longer one, where its key stands
 */

/** The sign of a node's first word, which has room for 31 prefixes: it is a leaf. */
const LEAF = 1 << 31;
/** The words of a node. */
export const NODE = 4;
/** One change asks for fewer words than this: two of the largest blocks, and a chain of nodes down to the last bit. */
const HEADROOM = 128 * NODE;
const MOST = 32;

/**
 * The memory of one trie: nodes in one typed array and values in one array, both in blocks of 1 to 32 that are reused by size. It grows by a quarter, and
 * packs what lives as it does: what was freed is never more than a quarter of what lives.
 */
export class PrefixPool<Value> {
  nodes: Int32Array = new Int32Array(NODE);
  values: (Value | undefined)[] = [];
  private end = NODE;
  private readonly freeNodes: number[][] = emptyLists();
  private readonly freeValues: number[][] = emptyLists();
  private freedValues = 0;
  private freedNodes = 0;

  /** Whether it must be packed before the next change: that may not find room, or much of what is here is free. */
  get isFull(): boolean {
    const wasteful =
      (this.freedValues > 1024 && this.freedValues * 5 > this.values.length) ||
      (this.freedNodes > 1024 && this.freedNodes * 5 * NODE > this.end);
    return wasteful || this.end + HEADROOM > this.nodes.length;
  }

  /** Moves what lives together, and keeps `reserved` nodes behind the root, all zeros, for the owner's own use. */
  pack(reserved: number): void {
    const live = this.end / NODE - this.freedNodes + reserved;
    const packed = new Packing(this, new Int32Array(Math.ceil(live * 1.25) * NODE + 2 * HEADROOM), reserved);
    this.nodes = packed.nodes;
    this.values = packed.values;
    this.end = packed.end;
    this.freedNodes = this.freedValues = 0;
    for (const list of this.freeNodes) list.length = 0;
    for (const list of this.freeValues) list.length = 0;
  }

  /** A block of nodes, with what was left in it. */
  takeNodes(count: number): number {
    const reused = this.freeNodes[count]!.pop();
    if (reused !== undefined) {
      this.freedNodes -= count;
      return reused;
    }
    const at = this.end;
    this.end += count * NODE;
    return at;
  }

  giveNodes(at: number, count: number): void {
    if (count === 0) return;
    this.freeNodes[count]!.push(at);
    this.freedNodes += count;
  }

  /** A block of values, all undefined. */
  takeValues(count: number): number {
    const reused = this.freeValues[count]!.pop();
    if (reused !== undefined) {
      this.freedValues -= count;
      return reused;
    }
    const at = this.values.length;
    for (let i = 0; i < count; i++) this.values.push(undefined);
    return at;
  }

  /** Takes a block back, and lets go of its values. */
  giveValues(at: number, count: number): void {
    if (count === 0) return;
    for (let i = at; i < at + count; i++) this.values[i] = undefined;
    this.freeValues[count]!.push(at);
    this.freedValues += count;
  }

  /** Writes a leaf; `value` is where its value stands. */
  writeLeaf(at: number, key: PrefixKey, bits: number, value: number): void {
    const { nodes } = this;
    nodes[at] = LEAF | bits;
    nodes[at + 1] = value;
    nodes[at + 2] = key[0]!;
    nodes[at + 3] = key[1]!;
    if (bits <= 64) return;
    const place = this.takeNodes(1);
    nodes.set(key, place);
    nodes[at + 2] = place;
  }

  /** Copies the key of a leaf out. */
  readLeaf(at: number, key: PrefixKey): void {
    const { nodes } = this;
    const long = (nodes[at]! & 0xff) > 64;
    const from = long ? nodes[at + 2]! : at + 2;
    for (let i = 0; i < 4; i++) key[i] = long || i < 2 ? nodes[from + i]! : 0;
  }

  /** Gives the memory back that the key of a leaf takes outside of its node. */
  giveLeafKey(at: number): void {
    if ((this.nodes[at]! & 0xff) > 64) this.giveNodes(this.nodes[at + 2]!, 1);
  }
}

/** A copy of what lives, each node's children right behind it: a look-up then stays in few pages. */
class Packing<Value> {
  readonly nodes: Int32Array;
  readonly values: (Value | undefined)[] = [];
  end: number;
  private readonly from: Int32Array;
  private readonly fromValues: readonly (Value | undefined)[];

  constructor(pool: PrefixPool<Value>, nodes: Int32Array, reserved: number) {
    this.nodes = nodes;
    this.from = pool.nodes;
    this.fromValues = pool.values;
    this.end = NODE + reserved * NODE;
    this.copy(0, 0);
  }

  private copy(source: number, target: number): void {
    const { from, nodes } = this;
    if (from[source]! < 0) {
      this.copyLeaf(source, target);
      return;
    }
    nodes[target] = from[source]!;
    nodes[target + 1] = from[source + 1]!;
    nodes[target + 3] = this.copyValues(from[source + 3]!, popcount(from[source]!));
    const count = popcount(from[source + 1]!);
    const block = this.end;
    nodes[target + 2] = block;
    this.end += count * NODE;
    for (let i = 0; i < count * NODE; i += NODE) this.copy(from[source + 2]! + i, block + i);
  }

  private copyLeaf(source: number, target: number): void {
    const { from, nodes } = this;
    copyNodes(from, source, nodes, target, 1);
    nodes[target + 1] = this.copyValues(from[source + 1]!, 1);
    if ((from[source]! & 0xff) <= 64) return;
    copyNodes(from, from[source + 2]!, nodes, this.end, 1);
    nodes[target + 2] = this.end;
    this.end += NODE;
  }

  private copyValues(from: number, count: number): number {
    const at = this.values.length;
    for (let i = 0; i < count; i++) this.values.push(this.fromValues[from + i]);
    return at;
  }
}

/** By hand: for so few words, the methods of typed arrays cost more than what they do. */
export function copyNodes(from: Int32Array, source: number, to: Int32Array, target: number, count: number): void {
  for (let i = 0; i < count * NODE; i++) to[target + i] = from[source + i]!;
}

function emptyLists(): number[][] {
  return Array.from({ length: MOST + 1 }, () => []);
}
