import type { Instruction, Program } from "./program.ts";
import type { Assertion } from "./syntax-tree.ts";

/** A way through the program that is still open: where it stands, before a character or at the end, and what it saved. */
interface Thread {
  readonly step: Instruction;
  readonly saved: readonly number[];
}

/**
 * Follows a program on all its ways at once, one character after the other (Pike's machine), so that a match costs at most the text's length times the program's,
 * whatever the two are. Of several matches it finds the one that backtracking would.
 */
export class LinearMachine {
  private readonly program: Program;
  private readonly blank: readonly number[];
  /** By step: the round in which it was last reached. */
  private readonly reached: Uint32Array;
  private round = 0;
  private text = "";

  /** `slots` is twice the number of groups, that of the whole counted. */
  constructor(program: Program, slots: number) {
    this.program = program;
    this.blank = Array.from({ length: slots }, () => -1);
    this.reached = new Uint32Array(program.length);
  }

  /** Where the first match at or behind `from` and its groups begin and end, in pairs, -1 for groups that took no part; undefined: there is none. */
  run(text: string, from: number): readonly number[] | undefined {
    this.text = text;
    this.round = 1;
    this.reached.fill(0);
    let threads: Thread[] = [];
    let found: readonly number[] | undefined;
    for (let at = from; ;) {
      if (found === undefined) this.follow(0, this.blank, at, threads);
      else if (threads.length === 0) break;
      const code = text.codePointAt(at) ?? -1;
      const behind = at + (code > 0xffff ? 2 : 1);
      const next: Thread[] = [];
      this.round++;
      for (const { step, saved } of threads) {
        if (step.op === "match") {
          // What stands behind it in the list is preferred less.
          found = saved;
          break;
        }
        if (step.op === "char" && code >= 0 && step.set.has(code)) this.follow(step.next, saved, behind, next);
      }
      if (code < 0) break;
      threads = next;
      at = behind;
    }
    return found;
  }

  /** Adds what can be reached from a step without taking a character, each step once a round. */
  private follow(start: number, saved: readonly number[], at: number, threads: Thread[]): void {
    for (let index = start; this.reached[index] !== this.round;) {
      this.reached[index] = this.round;
      const step = this.program[index]!;
      if (step.op === "char" || step.op === "match") {
        threads.push({ step, saved });
        return;
      }
      if (step.op === "fork") {
        this.follow(step.first, saved, at, threads);
        index = step.second;
        continue;
      }
      if (step.op === "save") saved = saved.with(step.slot, at);
      else if (step.op === "assert" && !holds(step.assertion, this.text, at)) return;
      index = step.next;
    }
  }
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case "text start":
      return at === 0;
    case "text end":
      return at === text.length;
    case "line start":
      return at === 0 || text.charCodeAt(at - 1) === 0x0a;
    case "line end":
      return at === text.length || text.charCodeAt(at) === 0x0a;
    case "word boundary":
      return isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
    case "no word boundary":
      return isWord(text.charCodeAt(at - 1)) === isWord(text.charCodeAt(at));
  }
}

/** Whether a code is of `[0-9A-Za-z_]`; that of no character is not. */
function isWord(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a && code < 0x80) || code === 0x5f;
}
