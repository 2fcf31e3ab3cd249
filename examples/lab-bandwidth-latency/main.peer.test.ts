import { expect, test } from "bun:test";
import { labs } from "../../test/lab/lab-peer.ts";
import { BULK_BYTES, measure, QUESTIONS } from "./main.ts";

test.skipIf(!labs.available)(
  `bandwidth decides about bulk, latency about questions${labs.skipped}`,
  async () => {
    const slow = await measure(4e6, 5);
    const wide = await measure(40e6, 5);
    const far = await measure(4e6, 50);
    // No link is faster than its rate and its delay say; 1 % is for what came before the clock ran.
    expect(slow.bulkMs).toBeGreaterThan(((BULK_BYTES * 8000) / 4e6) * 0.99);
    expect(far.questionsMs).toBeGreaterThan(QUESTIONS * 100 * 0.99);
    expect(wide.questionsMs).toBeGreaterThan(QUESTIONS * 10 * 0.99);
    // Ten times the rate brings the bulk sooner, ten times the delay the answers later, also on a machine that is busy.
    expect(wide.bulkMs).toBeLessThan(slow.bulkMs);
    expect(far.questionsMs).toBeGreaterThan(slow.questionsMs);
  },
  60_000,
);
