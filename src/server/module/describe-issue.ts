import type * as z from "zod/mini";

/** One of zod's issues, with its `input`. */
export type Issue = z.core.$ZodIssue;

/** What zod calls a type, in plain words. */
const WANTED: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "an array",
  tuple: "an array",
  null: "null",
  undefined: "absent",
  never: "absent",
};

/** The issue to report of several: a misspelt key explains what is missing, and what lies deep in a union is nearer to the cause. */
export function leadingIssue(issues: readonly Issue[]): Issue {
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  if (issue.code !== "invalid_union") return issue;
  const meant = issue.errors.filter((branch) => branch.length > 0 && branch.every((inner) => !rejectsWhole(inner)));
  if (meant.length !== 1) return issue;
  const inner = leadingIssue(meant[0]!);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

/** Whether a union's branch was not what was meant at all, because the value is of another kind. */
function rejectsWhole(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union";
}

/** What is wrong, in words: `must be a string, not a number`. `own` marks messages that no schema gave. */
export function describeIssue(issue: Issue, own: string): string {
  if (issue.input === undefined && issue.code !== "custom") return `is missing: it must be ${wanted(issue, own)}`;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${wanted(issue, own)}, not ${foundFor(issue.expected, issue.input)}`;
    case "invalid_value":
    case "invalid_union":
      return `must be ${wanted(issue, own)}, not ${found(issue.input)}`;
    case "too_small":
    case "too_big":
      return isEmpty(issue.input) ? `must ${extent(issue)}` : `must ${extent(issue)}, not ${found(issue.input)}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}, not ${found(issue.input)}`;
    case "invalid_format":
      return `must be ${wanted(issue, own)}, not ${found(issue.input)}`;
    default:
      return issue.message === own ? "is not valid" : issue.message;
  }
}

/** What an issue asks for: `a string or an array`. */
function wanted(issue: Issue, own: string): string {
  switch (issue.code) {
    case "invalid_type":
      return WANTED[issue.expected] ?? issue.expected;
    case "invalid_value":
      return alternatives(issue.values.map((value) => JSON.stringify(value) ?? String(value)));
    case "invalid_union":
      return alternatives(issue.errors.flatMap((branch) => branch.slice(0, 1).map((inner) => wanted(inner, own))));
    case "invalid_format":
      return issue.pattern === undefined ? `of the form ${issue.format}` : `of the form ${issue.pattern}`;
    default:
      return issue.message === own || issue.message === undefined ? "valid" : `valid (${issue.message})`;
  }
}

function alternatives(words: readonly string[]): string {
  const unique = [...new Set(words)];
  if (unique.length === 0) return "something else";
  if (unique.length === 1) return unique[0]!;
  return `${unique.slice(0, -1).join(", ")} or ${unique.at(-1)}`;
}

/** A bound, in the unit of what it bounds. */
function extent(issue: Issue & { readonly code: "too_small" | "too_big" }): string {
  const [limit, least] = issue.code === "too_small" ? [issue.minimum, true] : [issue.maximum, false];
  if (issue.origin === "number" || issue.origin === "int" || issue.origin === "bigint") {
    const word = issue.inclusive === false ? (least ? "above" : "below") : least ? "at least" : "at most";
    return `be ${word} ${limit}`;
  }
  if (least && Number(limit) === 1) return "not be empty";
  const unit = issue.origin === "string" ? "characters" : issue.origin === "array" ? "items" : "keys";
  return `have ${least ? "at least" : "at most"} ${limit} ${unit}`;
}

function foundFor(expected: string, value: unknown): string {
  return expected === "int" && typeof value === "number" ? String(value) : kindOf(value);
}

function isEmpty(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** A short value as it is, else what kind it is. */
function found(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    const count = Array.isArray(value) ? value.length : Object.keys(value).length;
    return count === 0 ? `an empty ${Array.isArray(value) ? "array" : "object"}` : kindOf(value);
  }
  const text = JSON.stringify(value) ?? kindOf(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What kind of JSON value it is, with its article. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "undefined" ? "nothing" : `a ${typeof value}`;
}
