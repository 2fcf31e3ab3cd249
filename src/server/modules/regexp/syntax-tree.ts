import { CharSet } from "./char-set.ts";

/** What asks about a place in the text and takes no character. */
export type Assertion = "text start" | "text end" | "line start" | "line end" | "word boundary" | "no word boundary";

/** A regular expression, read. */
export type SyntaxTree =
  | { readonly kind: "char"; readonly set: CharSet }
  | { readonly kind: "assert"; readonly assertion: Assertion }
  | { readonly kind: "sequence"; readonly items: readonly SyntaxTree[] }
  | { readonly kind: "choice"; readonly branches: readonly SyntaxTree[] }
  | { readonly kind: "group"; readonly index: number; readonly inner: SyntaxTree }
  | {
      readonly kind: "repeat";
      readonly inner: SyntaxTree;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

/** `[^\n]`, which a dot is without the flag s. */
const DOT = "[^\\n]";
const ANY = "[\\s\\S]";

const ATOM = /(?:\\u\{[^}]*\}|\\[pP]\{[^}]*\}|\\x[\dA-Fa-f]{2}|\\.|\[(?:\\.|[^\\\]])*\]|.)/suy;

/** The translation of `\A` and `\z`. */
const TEXT_EDGES: Readonly<Record<string, Assertion>> = { "(?<![\\s\\S])": "text start", "(?![\\s\\S])": "text end" };

/** A reading of an expression in the JavaScript that a Go pattern is translated to. */
export class SyntaxReader {
  /** The names of groups by their number, from 1; "" for those without. */
  readonly names: string[] = [""];
  /** Whether something was read that is not quite the same in JavaScript as the tree that was made of it: it knows more ends of lines than Go. */
  differs = false;
  private readonly source: string;
  private readonly sets = new Map<string, CharSet>();
  private at = 0;
  private flags = "";

  /** `source` must be valid for JavaScript. */
  constructor(source: string) {
    this.source = source;
  }

  read(): SyntaxTree {
    const branches = [this.sequence()];
    while (this.source[this.at] === "|") {
      this.at++;
      branches.push(this.sequence());
    }
    return branches.length === 1 ? branches[0]! : { kind: "choice", branches };
  }

  private sequence(): SyntaxTree {
    const items: SyntaxTree[] = [];
    while (this.at < this.source.length && this.source[this.at] !== "|" && this.source[this.at] !== ")") {
      items.push(this.repeated(this.item()));
    }
    return items.length === 1 ? items[0]! : { kind: "sequence", items };
  }

  private item(): SyntaxTree {
    const char = this.source[this.at];
    if (char === "(") return this.parenthesis();
    if (char === "^" || char === "$") return this.lineEdge(char);
    ATOM.lastIndex = this.at;
    const atom = ATOM.exec(this.source)![0];
    this.at += atom.length;
    if (atom === "\\b") return { kind: "assert", assertion: "word boundary" };
    if (atom === "\\B") return { kind: "assert", assertion: "no word boundary" };
    return { kind: "char", set: this.setOf(atom) };
  }

  private lineEdge(char: "^" | "$"): SyntaxTree {
    this.at++;
    const unit = this.flags.includes("m") ? "line" : "text";
    if (unit === "line") this.differs = true;
    return { kind: "assert", assertion: char === "^" ? `${unit} start` : `${unit} end` };
  }

  private setOf(atom: string): CharSet {
    const fold = this.flags.includes("i");
    if (atom === "." && !this.flags.includes("s")) this.differs = true;
    const source = atom !== "." ? atom : this.flags.includes("s") ? ANY : DOT;
    const key = `${fold ? "i" : ""}/${source}`;
    let set = this.sets.get(key);
    if (set === undefined) this.sets.set(key, (set = new CharSet(source, fold)));
    return set;
  }

  private parenthesis(): SyntaxTree {
    for (const [text, assertion] of Object.entries(TEXT_EDGES)) {
      if (!this.source.startsWith(text, this.at)) continue;
      this.at += text.length;
      return { kind: "assert", assertion };
    }
    const outer = this.flags;
    const [open, name, on, off] = /^\((?:\?<(\w+)>|\?([ims]*)(?:-([ims]*))?:)?/.exec(this.source.slice(this.at))!;
    this.at += open.length;
    const index = on === undefined ? this.names.push(name ?? "") - 1 : 0;
    this.flags = Array.from(outer + (on ?? ""))
      .filter((flag) => !off?.includes(flag))
      .join("");
    const inner = this.read();
    this.flags = outer;
    this.at++;
    return index === 0 ? inner : { kind: "group", index, inner };
  }

  private repeated(inner: SyntaxTree): SyntaxTree {
    const match = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.source.slice(this.at, this.at + 24));
    if (match === null) return inner;
    this.at += match[0].length;
    const [, sign, least, comma, most] = match;
    const min = sign === undefined ? Number(least) : sign === "+" ? 1 : 0;
    const open = sign === undefined ? comma !== "" && most === "" : sign !== "?";
    const max = open ? Infinity : sign === "?" ? 1 : Number(comma === "" ? least : most);
    return { kind: "repeat", inner, min, max, lazy: match[5] === "?" };
  }
}
