/** What makes a text no JSON, or not the JSON that was meant. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(offset: number, reason: string, hint?: string) {
    super(reason);
    this.offset = offset;
    this.hint = hint;
  }
}

/** Deeper nesting is refused: no config needs it, and it would use up the stack. */
const MAX_DEPTH = 500;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const WORD = /[\w$]+/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Parses JSON (RFC 8259) as JSON.parse does, but refuses repeated keys, of which only the last would count, and says where and why it fails. Throws
 * JsonTextError.
 */
export function parseJsonText(text: string): unknown {
  new JsonScanner(text).scan();
  return JSON.parse(text) as unknown;
}

/** Checks a text from left to right, without making values. */
class JsonScanner {
  private readonly text: string;
  private offset = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  scan(): void {
    this.skipSpace();
    this.value();
    this.skipSpace();
    if (this.offset < this.text.length) this.fail("the JSON has ended, but more follows");
  }

  private value(): void {
    const char = this.text[this.offset];
    if (char === "{") this.nested(() => this.members());
    else if (char === "[") this.nested(() => this.elements());
    else if (char === '"') this.string();
    else if (char === "-" || (char !== undefined && char >= "0" && char <= "9")) this.number();
    else this.word();
  }

  private nested(inner: () => void): void {
    if (++this.depth > MAX_DEPTH) this.fail(`nested deeper than ${MAX_DEPTH} levels`);
    this.offset++;
    this.skipSpace();
    inner();
    this.depth--;
  }

  private members(): void {
    const keys = new Set<string>();
    const opened = this.offset - 1;
    if (this.take("}")) return;
    do {
      this.skipSpace();
      if (this.text[this.offset] !== '"') this.failAtKey();
      const start = this.offset;
      const key = JSON.parse(this.string()) as string;
      if (keys.has(key)) this.fail(`the key ${JSON.stringify(key)} stands here twice`, "keep one of them", start);
      keys.add(key);
      this.skipSpace();
      if (!this.take(":")) this.fail('after a key comes ":"');
      this.skipSpace();
      this.value();
      this.skipSpace();
    } while (this.take(","));
    if (!this.take("}")) this.failInside("{", "}", opened);
  }

  private elements(): void {
    const opened = this.offset - 1;
    if (this.take("]")) return;
    do {
      this.skipSpace();
      if (this.text[this.offset] === "]") this.failTrailingComma();
      this.value();
      this.skipSpace();
    } while (this.take(","));
    if (!this.take("]")) this.failInside("[", "]", opened);
  }

  private string(): string {
    const found = this.match(STRING);
    if (found !== undefined) return found;
    const start = this.offset;
    const rest = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/.exec(this.text.slice(start));
    this.offset = start + (rest?.[0].length ?? 0);
    const char = this.text[this.offset];
    if (char === "\\") this.fail("no such escape", 'write a backslash itself as "\\\\"');
    if (char === undefined || char === "\n" || char === "\r")
      this.fail("this string is not closed", 'end it with "', start);
    return this.fail("a control character stands in this string", "write it as an escape such as \\t or \\u0000");
  }

  private number(): void {
    const start = this.offset;
    if (this.match(NUMBER) === undefined) this.fail("a number needs a digit here", undefined, start + 1);
    if (/[\w.]/.test(this.text[this.offset] ?? "")) {
      this.fail("this is no number", "write it in plain decimals, or as a string", start);
    }
  }

  private word(): void {
    const start = this.offset;
    const word = this.match(WORD);
    if (word === "true" || word === "false" || word === "null") return;
    if (word !== undefined) this.fail(`${word} needs quotes: it is no value`, `write "${word}"`, start);
    this.fail(
      this.text[start] === undefined ? "the text ends where a value should stand" : "here should stand a value",
    );
  }

  private take(char: string): boolean {
    if (this.text[this.offset] !== char) return false;
    this.offset++;
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.offset += found.length;
    return found;
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private failAtKey(): never {
    if (this.text[this.offset] === "}") this.failTrailingComma();
    const key = this.match(WORD);
    if (key !== undefined) this.fail("a key needs quotes", `write "${key}"`, this.offset - key.length);
    return this.fail("here should stand a key in quotes");
  }

  private failTrailingComma(): never {
    const comma = this.text.slice(0, this.offset).trimEnd().length - 1;
    return this.fail("a comma stands before the end of the list", "remove it", comma);
  }

  private failInside(open: string, close: string, opened: number): never {
    const char = this.text[this.offset];
    if (char === undefined) this.fail(`this ${open} is not closed`, `add ${close}`, opened);
    if (char === '"' || char === "{" || char === "[") this.fail("a comma is missing before this");
    return this.fail(`here should stand "," or "${close}"`);
  }

  private fail(reason: string, hint?: string, offset: number = this.offset): never {
    const char = this.text[offset];
    const next = this.text[offset + 1];
    if (char === "#" || (char === "/" && (next === "/" || next === "*"))) {
      throw new JsonTextError(offset, "JSON has no comments", "remove it");
    }
    if (char === "'") throw new JsonTextError(offset, "JSON quotes with \", not with '", 'write "…"');
    throw new JsonTextError(offset, reason, hint);
  }
}
