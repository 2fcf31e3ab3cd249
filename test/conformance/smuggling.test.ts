import { expect, test } from "bun:test";
import { seededRandom } from "../../src/clock/index.ts";
import { TestProxy } from "../proxy/start-proxy.ts";
import { bunRecorder, nodeRecorder } from "./recorder.ts";
import { smugglingDisagreements } from "./smuggling.ts";

// A bounded smoke: the scoreboard sends ten thousand.
for (const [name, make] of [
  ["Node", nodeRecorder],
  ["Bun", bunRecorder],
] as const) {
  test(`no request is seen differently by the proxy and ${name}`, async () => {
    await using behind = await make();
    await using proxy = await TestProxy.start({ upstreams: [`127.0.0.1:${behind.port}`] });
    const found = await smugglingDisagreements(proxy.port, behind, 150, seededRandom(9112));
    expect(found.disagreed).toEqual([]);
    expect(found.passed).toBeGreaterThan(5);
  }, 30_000);
}
