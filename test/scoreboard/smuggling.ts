import { seededRandom } from "../../src/clock/index.ts";
import { bunRecorder, nodeRecorder, type Recorder } from "../conformance/recorder.ts";
import { smugglingDisagreements } from "../conformance/smuggling.ts";
import type { Item } from "./item.ts";

/** 2: mutants of smuggling requests through the proxy; no request may be seen differently by the two sides. HTTP/2 in front joins when it stands. */
export const smuggling: Item = {
  number: 2,
  title: "smuggling: disagreements of proxy and back end (Node, Bun)",
  target: "0 of 10,000",
  async measure(contender, effort) {
    const count = effort === "full" ? 5000 : 50;
    let sent = 0;
    let passed = 0;
    let disagreed = 0;
    for (const make of [nodeRecorder, bunRecorder] as readonly (() => Promise<Recorder>)[]) {
      await using behind = await make();
      const server = await contender.start({ upstreams: [behind.port] });
      try {
        const found = await smugglingDisagreements(server.port, behind, count, seededRandom(2));
        sent += found.sent;
        passed += found.passed;
        disagreed += found.disagreed.length;
      } finally {
        await server.stop();
      }
    }
    return { text: `${disagreed} of ${sent} (${passed} reached the back end)`, good: disagreed === 0 };
  },
};
