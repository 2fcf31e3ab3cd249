import type { Fields } from "../../../http/message/index.ts";

/** The longest name that a table may hold. */
const LONGEST = 31;

/**
 * A set of field names, each with a kind from 1 on, asked for every field of every message: one look into a table by the name's length and
 * first letter answers for nearly all of them, and only a match is compared.
 */
export class FieldTable {
  /** By tag (see `Fields.tagAt`): one more than the place of the one name that has it; 0: none. */
  private readonly places: Uint8Array = new Uint8Array((LONGEST + 1) << 8);
  private readonly names: readonly string[];
  private readonly kinds: readonly number[];

  /** Names are in lower case. Throws when two of them share length and first letter: such a pair needs another key. */
  constructor(entries: readonly (readonly [name: string, kind: number])[]) {
    this.names = entries.map(([name]) => name);
    this.kinds = entries.map(([, kind]) => kind);
    for (const [index, name] of this.names.entries()) {
      const tag = (name.length << 8) | name.charCodeAt(0);
      if (name.length > LONGEST || this.places[tag] !== 0) throw new RangeError(`${name} does not fit into the table`);
      this.places[tag] = index + 1;
    }
  }

  /** The kind of the field at a position; 0 when the table does not hold its name. */
  kindAt(fields: Fields, position: number): number {
    const place = this.places[fields.tagAt(position)];
    if (place === undefined || place === 0) return 0;
    return fields.nameIs(position, this.names[place - 1]!) ? this.kinds[place - 1]! : 0;
  }

  /** The same for names that also match when "_" or "." stand for "-", as many backends read them. */
  looseKindAt(fields: Fields, position: number): number {
    const place = this.places[fields.tagAt(position)];
    if (place === undefined || place === 0) return 0;
    const name = this.names[place - 1]!;
    if (fields.nameIs(position, name)) return this.kinds[place - 1]!;
    return fields.nameAt(position).toLowerCase().replace(/[_.]/g, "-") === name ? this.kinds[place - 1]! : 0;
  }
}
