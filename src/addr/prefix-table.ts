import { Addr } from "./addr.ts";
import { Prefix } from "./prefix.ts";
import { type PrefixKey, writeKey } from "./prefix-key.ts";
import { findV4, findV6 } from "./prefix-lookup.ts";
import { PrefixTrie } from "./prefix-trie.ts";
import { collectAround, walkInside } from "./prefix-walk.ts";

/**
 * Values by address block; a look-up finds the longest block that holds an address.
 *
 * Blocks are taken without their host bits: 10.1.2.3/8 is 10.0.0.0/8. A version 4 block holds no mapped address (`unmap` first where that is meant), and an
 * address with a zone is in no block, as with `Prefix.contains`. A look-up allocates nothing. A million blocks, spread as those of the Internet are, take 20
 * to 40 bytes each, of which 8 are the reference to the value (bench/results/addr.md).
 *
 * @example
 * const table = new PrefixTable<string>();
 * table.set(Prefix.parse("10.0.0.0/8"), "office");
 * table.lookup(Addr.parse("10.1.2.3")); // "office"
 */
export class PrefixTable<Value> {
  private readonly v4: PrefixTrie<Value> = new PrefixTrie(4);
  private readonly v6: PrefixTrie<Value> = new PrefixTrie(6);
  /** Reused by every call that takes a prefix. */
  private readonly key: PrefixKey = new Int32Array(4);

  /** How many blocks it holds. */
  get size(): number {
    return this.v4.size + this.v6.size;
  }

  /** The bytes of its typed arrays, and 8 for each place of a value. What the values themselves take is not in it. */
  get byteLength(): number {
    return [this.v4, this.v6].reduce((sum, { pool }) => sum + pool.nodes.byteLength + pool.values.length * 8, 0);
  }

  /** Sets the value of a block, in place of the one that it had. */
  set(prefix: Prefix, value: Value): void {
    this.trieAt(prefix).set(this.key, prefix.bits, value);
  }

  /** The value of exactly this block. */
  get(prefix: Prefix): Value | undefined {
    const trie = this.trieAt(prefix);
    const at = trie.locate(this.key, prefix.bits);
    return at < 0 ? undefined : trie.pool.values[at];
  }

  /** Whether it holds exactly this block. */
  has(prefix: Prefix): boolean {
    return this.trieAt(prefix).locate(this.key, prefix.bits) >= 0;
  }

  /** Forgets a block; returns whether it was there. */
  delete(prefix: Prefix): boolean {
    return this.trieAt(prefix).delete(this.key, prefix.bits);
  }

  /** The value of the longest block that holds the address. */
  lookup(addr: Addr): Value | undefined {
    if (addr.version === 4) return this.lookupV4(addr.w3);
    return addr.zone === "" ? this.lookupV6(addr.w0, addr.w1, addr.w2, addr.w3) : undefined;
  }

  /** The same for a version 4 address as a number; only its low 32 bits count, signed or not. */
  lookupV4(word: number): Value | undefined {
    const at = findV4(this.v4, word | 0);
    return at < 0 ? undefined : this.v4.pool.values[at];
  }

  /** The same for a version 6 address as four words of 32 bits, signed or not, the first the most significant. */
  lookupV6(w0: number, w1: number, w2: number, w3: number): Value | undefined {
    const at = findV6(this.v6, w0 | 0, w1 | 0, w2 | 0, w3 | 0);
    return at < 0 ? undefined : this.v6.pool.values[at];
  }

  /** The longest block that holds the address, with its value. */
  lookupPrefix(addr: Addr): [prefix: Prefix, value: Value] | undefined {
    return addr.zone === "" ? this.supernets(Prefix.single(addr)).at(-1) : undefined;
  }

  /** All blocks that hold this one, itself included, the shortest first. */
  supernets(prefix: Prefix): [prefix: Prefix, value: Value][] {
    return collectAround(this.trieAt(prefix), prefix.addr.version, this.key, prefix.bits);
  }

  /** All blocks inside this one, itself included, in the order of their addresses, shorter ones first. */
  subnets(prefix: Prefix): IterableIterator<[prefix: Prefix, value: Value]> {
    return walkInside(this.trieAt(prefix), prefix.addr.version, this.key.slice(), prefix.bits);
  }

  /** All blocks in the order of their addresses, version 4 first, shorter ones first. A change during the walk makes the next step throw an Error. */
  *entries(): IterableIterator<[prefix: Prefix, value: Value]> {
    yield* this.subnets(new Prefix(Addr.anyV4, 0));
    yield* this.subnets(new Prefix(Addr.anyV6, 0));
  }

  [Symbol.iterator](): IterableIterator<[prefix: Prefix, value: Value]> {
    return this.entries();
  }

  /** The trie of a prefix, whose bits stand in `key` then. */
  private trieAt(prefix: Prefix): PrefixTrie<Value> {
    writeKey(this.key, prefix.addr, prefix.bits);
    return prefix.addr.version === 4 ? this.v4 : this.v6;
  }
}
