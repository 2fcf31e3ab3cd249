import { expect, test } from "bun:test";
import { labs } from "../../test/lab/lab-peer.ts";
import { connectTimes } from "./main.ts";

/** RFC 8305's delay of one attempt after the other, and a round trip of the lab. */
const ATTEMPT_MS = 250;
const ROUND_TRIP_MS = 40;

test.skipIf(!labs.available)(
  `a dead IPv6 costs a dial one attempt's delay, and no time-out${labs.skipped}`,
  async () => {
    const [alive, dead, insisted] = await connectTimes();
    expect(alive.remote).toBe("[fd6c:6162::2]:7");
    expect(alive.ms).toBeGreaterThanOrEqual(ROUND_TRIP_MS - 1);
    expect(dead.remote).toBe("10.0.0.2:7");
    expect(dead.ms).toBeGreaterThanOrEqual(ATTEMPT_MS + ROUND_TRIP_MS - 1);
    // The limit that the third ran into; the second stayed far below it.
    expect(dead.ms).toBeLessThan(1500);
    expect(insisted).toMatchObject({ error: "ETIMEDOUT" });
    expect(insisted.ms).toBeGreaterThanOrEqual(1999);
  },
  30_000,
);
