/** The code points that a class, an escape or a single character stands for. */
export class CharSet {
  /** By ASCII code: 1 where it belongs to the set. */
  readonly ascii: Uint8Array = new Uint8Array(128);
  /** Whether code points beyond ASCII may belong to it; they are asked about one by one. */
  readonly beyond: boolean;
  private readonly pattern: RegExp;

  /** `source` is one atom in JavaScript's syntax, for the flag `u`; `fold` takes upper and lower case as the same. */
  constructor(source: string, fold: boolean) {
    this.pattern = new RegExp(`^${source}$`, fold ? "iu" : "u");
    for (let code = 0; code < 128; code++) if (this.pattern.test(String.fromCharCode(code))) this.ascii[code] = 1;
    // K and s have fellows beyond ASCII (the Kelvin sign, the long s).
    this.beyond = !staysInAscii(source) || (fold && (this.ascii[0x6b] === 1 || this.ascii[0x73] === 1));
  }

  has(code: number): boolean {
    return code < 128 ? this.ascii[code] === 1 : this.beyond && this.pattern.test(String.fromCodePoint(code));
  }

  /** Whether a code point may belong to both. */
  meets(other: CharSet): boolean {
    if (this.beyond && other.beyond) return true;
    return this.ascii.some((member, code) => member === 1 && other.ascii[code] === 1);
  }
}

/** Whether it is plain from an atom's text that nothing beyond ASCII belongs to it. */
function staysInAscii(source: string): boolean {
  return !/[^\0-\x7f]|^\[\^|\\[pPDSW]|\\u\{(?!0*[0-7]?[\dA-Fa-f]\})/.test(source) && source !== ".";
}
