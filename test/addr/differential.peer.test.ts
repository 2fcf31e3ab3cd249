import { describe, expect, test } from "bun:test";
import { Addr } from "../../src/addr/index.ts";
import { peer } from "../peers.ts";
import { askOracle, type Golden, readGoldens, writeGoldens } from "./goldens.ts";
import { makeInputs } from "./inputs.ts";
import { SEED } from "./seed.ts";

/**
 * Holds the goldens against the real oracles, so that they are known to be theirs. To write them anew, with both installed:
 * `NETWRIGHT_RECORD=1 npm test -- test/addr/differential.peer.test.ts`.
 */
const RECORD = process.env["NETWRIGHT_RECORD"] === "1";
const go = peer("go");
const python = peer("python3");

if (RECORD) {
  const inputs = makeInputs(SEED);
  const answers = await Promise.all([askGo(inputs), askPython(inputs)]);
  writeGoldens(inputs.map((input, i) => ({ input, go: answers[0][i]!, python: answers[1][i]! })));
}

describe("the goldens of addresses and prefixes", () => {
  test.skipIf(!go.available)(
    `are what Go says${go.skipped}`,
    async () => {
      const goldens = readGoldens();
      const answers = await askGo(goldens.map(({ input }) => input));
      expect(differences(goldens, answers, (golden) => golden.go)).toEqual([]);
    },
    120_000,
  );

  test.skipIf(!python.available)(
    `are what Python says${python.skipped}`,
    async () => {
      const goldens = readGoldens();
      const answers = await askPython(goldens.map(({ input }) => input));
      const settled = answers.map((answer, i) => settleGlobal(answer, goldens[i]!));
      expect(differences(goldens, settled, (golden) => golden.python)).toEqual([]);
    },
    120_000,
  );
});

function askGo(inputs: readonly string[]): Promise<string[]> {
  return askOracle([go.path, "run", "oracle.go"], inputs);
}

function askPython(inputs: readonly string[]): Promise<string[]> {
  return askOracle([python.path, "oracle.py"], inputs);
}

function differences(goldens: readonly Golden[], answers: readonly string[], of: (golden: Golden) => string): string[] {
  expect(answers.length).toBe(goldens.length);
  return goldens.flatMap((golden, i) =>
    of(golden) === answers[i] ? [] : [`${golden.input}: ${of(golden)} is checked in, ${answers[i]} is said`],
  );
}

/** Versions of Python lag behind IANA's registries by different lengths: an `is_global` that is the registry's is as good as the one checked in. */
function settleGlobal(answer: string, { input, python }: Golden): string {
  if (answer === python || !input.startsWith("A")) return answer;
  const without = (text: string): string => text.replace(/^([A-Z]*?)G/, "$1");
  const addr = Addr.tryParse(input.slice(2));
  const isGlobal = /^[A-Z]*G/.test(answer);
  return without(answer) === without(python) && addr?.isGloballyReachable === isGlobal ? python : answer;
}
