import { CASES } from "../conformance/cases.ts";
import { nodeRecorder } from "../conformance/recorder.ts";
import { runCase } from "../conformance/run-case.ts";
import { CONTENDERS } from "./contenders.ts";
import type { Item } from "./item.ts";

/** Connections at a time: the cases wait for a close more than they work. */
const AT_ONCE = 32;

/** 1: the corpus of test/conformance; ours is also cut in two at every byte. */
export const conformance: Item = {
  number: 1,
  title: `HTTP/1.1 conformance, ${CASES.length} cases (ours cut at every byte too)`,
  target: "0 fail",
  async measure(contender, effort) {
    // Something must read the bodies, or nobody finds out that they are framed wrongly.
    await using behind = await nodeRecorder();
    const server = await contender.start({ upstreams: [behind.port] });
    try {
      const whole = await failures(CASES.map((each) => async () => runCase(each, server.port)));
      if (contender !== CONTENDERS[0] || effort === "smoke") return { text: `${whole} fail`, good: whole === 0 };
      const cuts = CASES.flatMap((each) => {
        // What is cut is the head and what little follows: cutting 40,000 equal bytes at each place tells nothing more.
        const most = Math.min(each.bytes.length, 200);
        return Array.from({ length: most - 1 }, (_, at) => async () => runCase(each, server.port, at + 1));
      });
      const cut = await failures(cuts);
      return { text: `${whole} fail; ${cut} of ${cuts.length} cut`, good: whole + cut === 0 };
    } finally {
      await server.stop();
    }
  },
};

async function failures(runs: readonly (() => Promise<string>)[]): Promise<number> {
  let failed = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < runs.length) if ((await runs[next++]!()) !== "") failed++;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
}
