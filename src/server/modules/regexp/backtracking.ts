import type { CharSet } from "./char-set.ts";
import type { Program } from "./program.ts";
import type { SyntaxTree } from "./syntax-tree.ts";

/**
 * Whether JavaScript's own matcher may be used: it gives what Go's does, and never needs more than a number of steps in proportion to the text. That is so when every character decides which
 * way to go on, and an expression that may begin anywhere has no loop.
 */
export function isSafeToBacktrack(tree: SyntaxTree, program: Program): boolean {
  if (someNode(tree, differsInJavaScript)) return false;
  if (!isAnchored(tree) && someNode(tree, isLoop)) return false;
  return program.every((step, at) => step.op !== "fork" || isDecided(program, at));
}

function someNode(tree: SyntaxTree, test: (node: SyntaxTree) => boolean): boolean {
  if (test(tree)) return true;
  switch (tree.kind) {
    case "sequence":
      return tree.items.some((item) => someNode(item, test));
    case "choice":
      return tree.branches.some((branch) => someNode(branch, test));
    case "group":
    case "repeat":
      return someNode(tree.inner, test);
    default:
      return false;
  }
}

function isLoop(node: SyntaxTree): boolean {
  return node.kind === "repeat" && node.max > 16;
}

/**
 * Word boundaries (more is a letter there when case is ignored), groups that are repeated (each round forgets them there), and repetitions of what may be empty (a round that takes
 * nothing does not count there).
 */
function differsInJavaScript(node: SyntaxTree): boolean {
  if (node.kind === "assert") return node.assertion.endsWith("word boundary");
  if (node.kind !== "repeat") return false;
  return mayBeEmpty(node.inner) || (node.max > 1 && someNode(node.inner, (inner) => inner.kind === "group"));
}

function mayBeEmpty(tree: SyntaxTree): boolean {
  switch (tree.kind) {
    case "char":
      return false;
    case "assert":
      return true;
    case "sequence":
      return tree.items.every(mayBeEmpty);
    case "choice":
      return tree.branches.some(mayBeEmpty);
    case "group":
      return mayBeEmpty(tree.inner);
    case "repeat":
      return tree.min === 0 || mayBeEmpty(tree.inner);
  }
}

function isAnchored(tree: SyntaxTree): boolean {
  switch (tree.kind) {
    case "assert":
      return tree.assertion === "text start";
    case "sequence":
      return tree.items[0] !== undefined && isAnchored(tree.items[0]);
    case "choice":
      return tree.branches.every(isAnchored);
    case "group":
      return isAnchored(tree.inner);
    default:
      return false;
  }
}

/** Whether the ways from a fork differ in the character that they take next. */
function isDecided(program: Program, at: number): boolean {
  const fork = program[at]!;
  if (fork.op !== "fork" || fork.first === fork.second) return true;
  const first = nextSets(program, fork.first);
  const second = nextSets(program, fork.second);
  return first.every((set) => second.every((other) => !set.meets(other)));
}

/** The sets of which one is asked next; assertions are taken to hold. */
function nextSets(program: Program, start: number): CharSet[] {
  const sets: CharSet[] = [];
  const seen = new Set<number>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = program[at]!;
    if (step.op === "char") sets.push(step.set);
    else if (step.op === "fork") open.push(step.first, step.second);
    else if (step.op !== "match") open.push(step.next);
  }
  return sets;
}
