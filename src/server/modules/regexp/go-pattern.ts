import { isSafeToBacktrack } from "./backtracking.ts";
import { LinearMachine } from "./linear-machine.ts";
import { compileProgram } from "./program.ts";
import { SyntaxReader } from "./syntax-tree.ts";
import { translateGoPattern } from "./translate-go-pattern.ts";

/** Where a pattern matched. */
export interface GoMatch {
  readonly start: number;
  readonly end: number;
  /** By number, the whole match first; undefined for those that took no part. */
  readonly groups: readonly (string | undefined)[];
}

/** A regular expression with the meaning that it has in Go. It may be shared. */
export interface GoPattern {
  /** Names of groups by number; "" for those without, and for the whole. */
  readonly names: readonly string[];
  /** Whether JavaScript's own matcher does the work. */
  readonly native: boolean;
  /** The first match that begins at `from` or behind it. Default: 0. */
  exec(text: string, from?: number): GoMatch | undefined;
}

/**
 * Compiles a regular expression in Go's syntax (RE2), which is Caddy's: `(?P<name>…)`, `(?i)` and its like at any place, `\A`, `\z`, `\pL` and POSIX classes mean what they
 * do there. What RE2 does not know, such as look-around and references back, is refused here as well.
 *
 * As in RE2, no pattern takes longer than in proportion to the length of the text, so that no request can be made to hold the server up: JavaScript's matcher, which
 * backtracks (`(a+)+$` takes a second for 27 characters, `a*a*a*b` 14 s for 800), is used for patterns that never make it go back far; all others are followed on all
 * ways at once, which takes about a microsecond a character (11 ms for the worst of these and 8,000).
 *
 * Throws SyntaxError that says what is wrong.
 */
export function compileGoPattern(source: string): GoPattern {
  return compileSafely(translateGoPattern(source));
}

/**
 * Compiles a regular expression in JavaScript's syntax, for the flag `u` and without look-around, references back and other flags, so that no text takes it long: see
 * compileGoPattern. Throws SyntaxError.
 */
export function compileSafely(source: string): GoPattern {
  const expression = new RegExp(source, "gu");
  const reader = new SyntaxReader(source);
  const tree = reader.read();
  const program = compileProgram(tree);
  if (!reader.differs && isSafeToBacktrack(tree, program)) return new NativePattern(expression, reader.names);
  return new LinearPattern(new LinearMachine(program, 2 * reader.names.length), reader.names);
}

class NativePattern implements GoPattern {
  readonly native = true;
  readonly names: readonly string[];
  private readonly expression: RegExp;

  constructor(expression: RegExp, names: readonly string[]) {
    this.expression = expression;
    this.names = names;
  }

  exec(text: string, from = 0): GoMatch | undefined {
    this.expression.lastIndex = from;
    const match = this.expression.exec(text);
    return match === null ? undefined : { start: match.index, end: match.index + match[0].length, groups: match };
  }
}

class LinearPattern implements GoPattern {
  readonly native = false;
  readonly names: readonly string[];
  private readonly machine: LinearMachine;

  constructor(machine: LinearMachine, names: readonly string[]) {
    this.machine = machine;
    this.names = names;
  }

  exec(text: string, from = 0): GoMatch | undefined {
    const places = this.machine.run(text, from);
    if (places === undefined) return undefined;
    const groups = this.names.map((_, group) => {
      const start = places[2 * group]!;
      return start < 0 ? undefined : text.slice(start, places[2 * group + 1]);
    });
    return { start: places[0]!, end: places[1]!, groups };
  }
}
