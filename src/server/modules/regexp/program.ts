import type { CharSet } from "./char-set.ts";
import type { Assertion, SyntaxTree } from "./syntax-tree.ts";

/** One step of a program. `next`, `first` and `second` are positions in it; of two ways the first is preferred. */
export type Instruction =
  | { readonly op: "char"; readonly set: CharSet; readonly next: number }
  | { readonly op: "assert"; readonly assertion: Assertion; readonly next: number }
  | { readonly op: "save"; readonly slot: number; readonly next: number }
  | { op: "jump"; next: number }
  | { op: "fork"; first: number; second: number }
  | { readonly op: "match" };

/** A regular expression as steps that a machine follows on all ways at once. */
export type Program = readonly Instruction[];

/** So that time and memory for a text stay in proportion to its length: repetitions are written out. */
const MAX_INSTRUCTIONS = 5000;

/** Writes a tree out as a program that begins at 0 and saves its groups' places, the whole match in slots 0 and 1. Throws SyntaxError when it gets too large. */
export function compileProgram(tree: SyntaxTree): Program {
  const compiler = new ProgramCompiler();
  compiler.emit({ kind: "group", index: 0, inner: tree });
  compiler.add({ op: "match" });
  return compiler.program;
}

class ProgramCompiler {
  readonly program: Instruction[] = [];

  add<Made extends Instruction>(instruction: Made): Made {
    if (this.program.length >= MAX_INSTRUCTIONS) throw new SyntaxError("its repetitions make it too large");
    this.program.push(instruction);
    return instruction;
  }

  emit(tree: SyntaxTree): void {
    switch (tree.kind) {
      case "char":
        this.add({ op: "char", set: tree.set, next: this.program.length + 1 });
        return;
      case "assert":
        this.add({ op: "assert", assertion: tree.assertion, next: this.program.length + 1 });
        return;
      case "sequence":
        for (const item of tree.items) this.emit(item);
        return;
      case "choice":
        this.choice(tree.branches);
        return;
      case "group":
        this.add({ op: "save", slot: 2 * tree.index, next: this.program.length + 1 });
        this.emit(tree.inner);
        this.add({ op: "save", slot: 2 * tree.index + 1, next: this.program.length + 1 });
        return;
      case "repeat":
        this.repeat(tree.inner, tree.min, tree.max, tree.lazy);
        return;
    }
  }

  private choice(branches: readonly SyntaxTree[]): void {
    const jumps: { next: number }[] = [];
    for (const branch of branches.slice(0, -1)) {
      const fork = this.fork();
      this.emit(branch);
      jumps.push(this.add({ op: "jump", next: 0 }));
      fork.second = this.program.length;
    }
    this.emit(branches.at(-1)!);
    for (const jump of jumps) jump.next = this.program.length;
  }

  private repeat(inner: SyntaxTree, min: number, max: number, lazy: boolean): void {
    for (let i = 1; i < min; i++) this.emit(inner);
    const forks: Fork[] = [];
    if (min === 0 && max > 0) forks.push(this.fork());
    const start = this.program.length;
    if (max > 0) this.emit(inner);
    if (max === Infinity) this.loop(start, lazy);
    for (let i = Math.max(min, 1); i < max && max !== Infinity; i++) {
      forks.push(this.fork());
      this.emit(inner);
    }
    for (const fork of forks) prefer(fork, fork.first, this.program.length, lazy);
  }

  /** What was written from `start` on may come again. */
  private loop(start: number, lazy: boolean): void {
    const fork = this.fork();
    prefer(fork, start, this.program.length, lazy);
  }

  /** A fork whose first way is what follows it; the second is set later. */
  private fork(): Fork {
    const at = this.program.length + 1;
    return this.add({ op: "fork", first: at, second: at });
  }
}

interface Fork {
  op: "fork";
  first: number;
  second: number;
}

/** Lets a fork choose between going on and leaving: the former first, unless lazy. */
function prefer(fork: Fork, on: number, out: number, lazy: boolean): void {
  fork.first = lazy ? out : on;
  fork.second = lazy ? on : out;
}
