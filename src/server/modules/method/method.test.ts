import { expect, test } from "bun:test";
import { matches } from "../../../../test/server/matches.ts";

test("method matches one of its methods, in their own case", async () => {
  expect(await matches({ method: ["PUT", "GET"] }, "GET /")).toBe(true);
  expect(await matches({ method: ["PUT"] }, "GET /")).toBe(false);
  expect(await matches({ method: ["get"] }, "GET /")).toBe(false);
  expect(await matches({ method: [] }, "GET /")).toBe(false);
});
