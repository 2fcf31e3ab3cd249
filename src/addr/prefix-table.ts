import type { Addr } from "./addr.ts";
import type { Words } from "./addr-text.ts";
import type { Prefix } from "./prefix.ts";

interface Node<Value> {
  zero: Node<Value> | undefined;
  one: Node<Value> | undefined;
  /** Set where a prefix ends. */
  entry: { readonly prefix: Prefix; value: Value } | undefined;
}

/**
 * Values by address block; a look-up finds the longest block that holds an address.
 *
 * @example
 * const table = new PrefixTable<string>();
 * table.set(Prefix.parse("10.0.0.0/8"), "office");
 * table.lookup(Addr.parse("10.1.2.3")); // "office"
 */
export class PrefixTable<Value> {
  private readonly roots: { readonly 4: Node<Value>; readonly 6: Node<Value> } = { 4: emptyNode(), 6: emptyNode() };
  private entries = 0;

  get size(): number {
    return this.entries;
  }

  /** Sets the value of a block, in place of the one that it had. */
  set(prefix: Prefix, value: Value): void {
    const masked = prefix.masked();
    let node = this.roots[prefix.addr.version];
    const { words } = masked.addr;
    for (let depth = 0; depth < prefix.bits; depth++) {
      if (bit(words, prefix.addr.version, depth) === 0) node = node.zero ??= emptyNode();
      else node = node.one ??= emptyNode();
    }
    if (node.entry === undefined) this.entries++;
    node.entry = { prefix: masked, value };
  }

  /** The value of exactly this block. */
  get(prefix: Prefix): Value | undefined {
    return this.find(prefix)?.entry?.value;
  }

  /** Forgets a block; returns whether it was there. */
  delete(prefix: Prefix): boolean {
    const node = this.find(prefix);
    if (node?.entry === undefined) return false;
    node.entry = undefined;
    this.entries--;
    return true;
  }

  /** The value of the longest block that holds the address. */
  lookup(addr: Addr): Value | undefined {
    return this.match(addr)?.value;
  }

  /** The longest block that holds the address, with its value. */
  match(addr: Addr): { readonly prefix: Prefix; readonly value: Value } | undefined {
    let node: Node<Value> | undefined = this.roots[addr.version];
    let found: Node<Value>["entry"];
    const { words } = addr;
    for (let depth = 0; node !== undefined; depth++) {
      found = node.entry ?? found;
      if (depth === addr.bitLength) break;
      node = bit(words, addr.version, depth) === 0 ? node.zero : node.one;
    }
    return found;
  }

  private find(prefix: Prefix): Node<Value> | undefined {
    let node: Node<Value> | undefined = this.roots[prefix.addr.version];
    const { words } = prefix.addr;
    for (let depth = 0; node !== undefined && depth < prefix.bits; depth++) {
      node = bit(words, prefix.addr.version, depth) === 0 ? node.zero : node.one;
    }
    return node;
  }
}

function emptyNode<Value>(): Node<Value> {
  return { zero: undefined, one: undefined, entry: undefined };
}

function bit(words: Words, version: 4 | 6, depth: number): number {
  const at = version === 4 ? depth + 96 : depth;
  return (words[at >> 5]! >>> (31 - (at & 31))) & 1;
}
