import { afterEach, expect, test } from "bun:test";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";

const open: HttpAppUnderTest[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.stop();
});

async function serve(config: object): Promise<HttpAppUnderTest> {
  const app = await HttpAppUnderTest.serve([{ handle: [{ handler: "reverse_proxy", ...config }] }]);
  open.push(app);
  return app;
}

test.each([{}, { upstreams: [] }])("a reverse proxy with %j is warned of, and answers 503", async (config) => {
  const app = await serve(config);
  expect(app.loader.warnings).toEqual([
    "apps.http.servers.s.routes[0].handle[0]: has no upstreams: every request will get 503",
  ]);
  expect(await app.ask("GET /")).toStartWith("HTTP/1.1 503 ");
});

test("one with an upstream is not warned of", async () => {
  expect((await serve({ upstreams: [{ dial: "127.0.0.1:1" }] })).loader.warnings).toEqual([]);
});
