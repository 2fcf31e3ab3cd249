import { describe, expect, test } from "bun:test";
import { Addr, Prefix } from "../../src/addr/index.ts";
import {
  ADDRESS_DEVIATIONS,
  type Deviation,
  GLOBAL_DEVIATIONS,
  type GlobalDeviation,
  PREFIX_DEVIATIONS,
} from "./deviations.ts";
import { type Golden, readGoldens } from "./goldens.ts";
import { INPUT_COUNT, makeInputs } from "./inputs.ts";
import { SEED } from "./seed.ts";

/** One golden with its input taken apart; `other` is the address that a prefix is asked for. */
interface Case extends Golden {
  readonly text: string;
  readonly other: string;
}

const goldens = readGoldens();
const cases = goldens.map((golden): Case => {
  const [, text, other] = golden.input.split("\t");
  return { ...golden, text: text!, other: other ?? "" };
});
const addresses = cases.filter(({ input }) => input.startsWith("A"));
const prefixes = cases.filter(({ input }) => input.startsWith("P"));

/** The first few differences say enough. */
function expectNone(differences: readonly string[]): void {
  expect(differences.slice(0, 20)).toEqual([]);
}

function difference(input: string, theirs: string, ours: string): string[] {
  return theirs === ours ? [] : [`${JSON.stringify(input)}: they say ${theirs}, we say ${ours}`];
}

test("the goldens are of the inputs that the seed makes", () => {
  expect(goldens.length).toBe(INPUT_COUNT);
  expectNone(makeInputs(SEED).flatMap((input, i) => difference(input, goldens[i]!.input, input)));
});

describe("Go's netip", () => {
  test("agrees on every address: whether it is one, its text, its kinds", () => {
    expectNone(addresses.flatMap(({ text, go }) => difference(text, go, asGo(text))));
  });

  test("agrees on every prefix: whether it is one, its block, what it holds", () => {
    expectNone(prefixes.flatMap(({ text, other, go }) => difference(`${text} ${other}`, go, prefixAsGo(text, other))));
  });
});

describe("Python's ipaddress", () => {
  test("agrees on every address but for what is named, and is_global in named blocks", () => {
    const used = new Set<Deviation | GlobalDeviation>();
    expectNone(addresses.flatMap((each) => addressDifference(each, used)));
    expect(
      [...ADDRESS_DEVIATIONS, ...GLOBAL_DEVIATIONS].filter((each) => !used.has(each)).map(({ reason }) => reason),
    ).toEqual([]);
  });

  test("agrees on every prefix but for what is named", () => {
    const used = new Set<Deviation>();
    expectNone(prefixes.flatMap((each) => prefixDifference(each, used)));
    expect(PREFIX_DEVIATIONS.filter((each) => !used.has(each)).map(({ reason }) => reason)).toEqual([]);
  });

  test("reads the masks that parseWithMask reads", () => {
    const masked = prefixes.filter(({ text }) => /^[^/%]*\/\d+\.\d+\.\d+\.\d+$/.test(text));
    expect(masked.length).toBeGreaterThan(1000);
    expectNone(masked.flatMap(({ text, other, python }) => difference(text, python, asPython(readMask(text), other))));
  });
});

function asGo(text: string): string {
  const addr = Addr.tryParse(text);
  if (addr === undefined) return "-";
  const scope = addr.multicastScope;
  return `${letters([
    ["L", addr.isLoopback],
    ["K", addr.isLinkLocal],
    ["M", addr.isMulticast],
    // To Go the unspecified address with a zone is another one; to Python and us a zone changes nothing of what an address is.
    ["U", addr.isUnspecified && addr.zone === ""],
    ["P", addr.isPrivate],
    ["4", addr.is4in6],
    ["i", scope === "interface-local"],
    ["k", scope === "link-local"],
  ])}:${addr.toString()}`;
}

function prefixAsGo(text: string, other: string): string {
  const prefix = Prefix.tryParse(text);
  return prefix === undefined ? "-" : `${holds(prefix, other)} ${prefix.masked().toString()}`;
}

/** Whether the address lies in it: Go and we say of one with a zone that it does not. */
function holds(prefix: Prefix, other: string): 0 | 1 {
  const addr = Addr.tryParse(other);
  return addr !== undefined && prefix.contains(addr) ? 1 : 0;
}

function addressDifference({ text, python }: Case, used: Set<Deviation | GlobalDeviation>): string[] {
  const addr = Addr.tryParse(text);
  if (addr === undefined || python === "-") {
    return validityDifference(text, python, addr !== undefined, ADDRESS_DEVIATIONS, used);
  }
  const reachable = addr.isGloballyReachable;
  const global = /^[A-Z]*G/.test(python);
  const deviation = GLOBAL_DEVIATIONS.find((each) => global !== reachable && each.python === global && each.of(addr));
  if (deviation !== undefined) used.add(deviation);
  const kinds: [string, boolean][] = [
    ["L", addr.isLoopback],
    ["K", addr.isLinkLocal],
    ["M", addr.isMulticast],
    ["U", addr.isUnspecified],
  ];
  const said = letters([...(addr.is4in6 ? [] : kinds), ["G", deviation?.python ?? reachable], ["S", addr.isSiteLocal]]);
  return difference(text, python, `${said}:${addr.toString()}`);
}

function prefixDifference({ text, other, python }: Case, used: Set<Deviation>): string[] {
  const prefix = Prefix.tryParse(text);
  if (prefix === undefined || python === "-") {
    return validityDifference(text, python, prefix !== undefined, PREFIX_DEVIATIONS, used);
  }
  return difference(`${text} ${other}`, python, asPython(prefix, other));
}

function asPython(prefix: Prefix | undefined, other: string): string {
  if (prefix === undefined) return "-";
  // Python looks for an address as if it had no zone, if it takes it for an address.
  const foreign = ADDRESS_DEVIATIONS.some((each) => each.of(other));
  const inside = foreign ? 0 : holds(prefix, Addr.tryParse(other)?.withZone("").toString() ?? "");
  return [inside, prefix.masked(), prefix.netmask, prefix.last].map(String).join(" ");
}

function readMask(text: string): Prefix | undefined {
  try {
    return Prefix.parseWithMask(text);
  } catch {
    return undefined;
  }
}

/** That one of the two does not read a text must be of a kind that is named. */
function validityDifference(
  text: string,
  python: string,
  valid: boolean,
  deviations: readonly Deviation[],
  used: Set<Deviation | GlobalDeviation>,
): string[] {
  if ((python !== "-") === valid) return [];
  const deviation = deviations.find((each) => each.of(text));
  if (deviation === undefined) return difference(text, python, valid ? "valid" : "-");
  used.add(deviation);
  return [];
}

function letters(kinds: readonly (readonly [string, boolean])[]): string {
  return kinds.map(([letter, holds]) => (holds ? letter : "")).join("");
}
