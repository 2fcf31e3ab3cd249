import { CLASS_ESCAPES, ESCAPES, POSIX_CLASSES, propertyEscape, SAME_ESCAPES, SYNTAX } from "./go-escapes.ts";

/**
 * Translates a regular expression in Go's syntax to JavaScript's, for the flag `u`. Throws SyntaxError for what RE2 does not know. What JavaScript refuses itself, such as a
 * repetition of nothing, is left to it.
 */
export function translateGoPattern(source: string): string {
  return new Translation(source).run();
}

/** One walk over a pattern. */
class Translation {
  private readonly source: string;
  private readonly dot: string;
  private at = 0;
  /** For each group that is open: the flag groups that were begun in it. */
  private readonly flags: string[][] = [[]];

  constructor(source: string) {
    this.source = source;
    // Only a line feed ends a line in Go. Where flags change what a dot is, JavaScript's own must do.
    this.dot = /\(\?[a-z]*s/.test(source) ? "." : "[^\\n]";
  }

  run(): string {
    let made = "";
    while (this.at < this.source.length) made += this.next();
    if (this.flags.length > 1) throw new SyntaxError("a parenthesis is not closed");
    return made + this.endOfFlags();
  }

  private next(): string {
    const char = this.source[this.at]!;
    switch (char) {
      case "\\":
        return this.escape(ESCAPES);
      case "[":
        return this.characterClass();
      case "(":
        return this.open();
      case ")":
        return this.close();
      case "|":
        this.at++;
        return `${this.endOfFlags()}|${this.flags.at(-1)!.join("")}`;
      case ".":
        this.at++;
        return this.dot;
      case "{":
      case "}":
      case "]":
        return this.braceOrBracket(char);
      default:
        return this.character();
    }
  }

  /** A brace that begins no repetition stands for itself in Go. */
  private braceOrBracket(char: string): string {
    const repetition = char === "{" ? /^\{\d+(?:,\d*)?\}/.exec(this.source.slice(this.at)) : null;
    const taken = repetition?.[0] ?? char;
    if (taken.match(/\d+/g)?.some((count) => Number(count) > 1000)) {
      throw new SyntaxError(`${taken} repeats more than 1000 times`);
    }
    this.at += taken.length;
    return repetition === null ? `\\${char}` : taken;
  }

  private character(): string {
    const char = String.fromCodePoint(this.source.codePointAt(this.at)!);
    this.at += char.length;
    return char;
  }

  private open(): string {
    const rest = this.source.slice(this.at);
    const named = /^\(\?P?<(\w+)>/.exec(rest);
    if (named !== null) return this.group(named[0], `(?<${named[1]}>`);
    const flagged = /^\(\?([ims]*(?:-[ims]+)?)([:)])/.exec(rest);
    if (flagged === null) {
      if (rest.startsWith("(?")) throw new SyntaxError(`${rest.slice(0, 4)} is not known to Go's regular expressions`);
      return this.group("(", "(");
    }
    const [whole, flags, end] = flagged as unknown as [string, string, string];
    if (end === ":") return this.group(whole, `(?${flags}:`);
    this.at += whole.length;
    if (flags === "") return "";
    this.flags.at(-1)!.push(`(?${flags}:`);
    return `(?${flags}:`;
  }

  private group(taken: string, made: string): string {
    this.at += taken.length;
    this.flags.push([]);
    return made;
  }

  private close(): string {
    if (this.flags.length === 1) throw new SyntaxError("a parenthesis is closed that was not opened");
    const end = this.endOfFlags();
    this.flags.pop();
    this.at++;
    return `${end})`;
  }

  private endOfFlags(): string {
    return ")".repeat(this.flags.at(-1)!.length);
  }

  /** What stands behind a backslash. `own` has the escapes that mean something else in JavaScript. */
  private escape(own: Readonly<Record<string, string>>): string {
    const char = this.source[this.at + 1];
    if (char === undefined) throw new SyntaxError("there is a backslash at its end");
    if (own === ESCAPES && char === "Q") return this.quoted();
    const long = this.longEscape();
    if (long !== undefined) return long;
    this.at += 2;
    const changed = own[char];
    if (changed !== undefined) return changed;
    if (SAME_ESCAPES.includes(char) && (own === ESCAPES || !/[bB]/.test(char))) return `\\${char}`;
    if (/[0-9A-Za-z]/.test(char) || char.charCodeAt(0) > 0x7e) {
      throw new SyntaxError(`\\${char} is not known to Go's regular expressions`);
    }
    return SYNTAX.includes(char) || char === "-" ? escaped(char, own !== ESCAPES) : char;
  }

  /** `\x41`, `\x{1F600}`, `\pL`, `\p{Greek}`. */
  private longEscape(): string | undefined {
    const rest = this.source.slice(this.at);
    const hex = /^\\x(?:([\dA-Fa-f]{2})|\{([\dA-Fa-f]{1,6})\})/.exec(rest);
    const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
    const match = hex ?? property;
    if (match === null) return undefined;
    this.at += match[0].length;
    if (hex !== null) return `\\u{${hex[1] ?? hex[2]}}`;
    return propertyEscape((match[1] === "P") !== (match[2] === "^"), match[3] ?? match[4] ?? "");
  }

  private quoted(): string {
    const end = this.source.indexOf("\\E", this.at);
    const text = this.source.slice(this.at + 2, end < 0 ? undefined : end);
    this.at = end < 0 ? this.source.length : end + 2;
    return text.replaceAll(/./gsu, (char) => escaped(char, false));
  }

  private characterClass(): string {
    const start = /^\[\^?\]?/.exec(this.source.slice(this.at))![0];
    this.at += start.length;
    let made = start.replace("]", "\\]");
    while (this.source[this.at] !== "]") {
      if (this.at >= this.source.length) throw new SyntaxError("a bracket is not closed");
      made += this.classPart();
    }
    this.at++;
    return `${made}]`;
  }

  private classPart(): string {
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.source.slice(this.at));
    if (posix !== null) {
      const set = posix[1] === "" && Object.hasOwn(POSIX_CLASSES, posix[2]!) ? POSIX_CLASSES[posix[2]!] : undefined;
      if (set === undefined) throw new SyntaxError(`${posix[0]} cannot stand in a class here`);
      this.at += posix[0].length;
      return set;
    }
    if (this.source[this.at] === "\\") return this.escape(CLASS_ESCAPES);
    const char = this.character();
    return char === "[" ? "\\[" : char;
  }
}

/** A character that stands for itself. Outside of classes a hyphen may not be escaped. */
function escaped(char: string, inClass: boolean): string {
  return SYNTAX.includes(char) || (inClass && char === "-") ? `\\${char}` : char;
}
