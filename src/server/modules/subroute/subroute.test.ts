import { describe, expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";

const say = (body: string): object => ({ handler: "static_response", body });
const fail = (status: number, error = "in"): object => ({ handler: "error", status_code: status, error });
const subroute = (handle: readonly object[], errors?: readonly object[]): object => ({
  handler: "subroute",
  routes: [{ handle }],
  ...(errors === undefined ? undefined : { errors: { routes: errors.map((handler) => ({ handle: [handler] })) } }),
});

async function answer(handle: readonly object[], errors?: readonly unknown[]): Promise<string> {
  const app = await HttpAppUnderTest.serve([{ handle }], errors === undefined ? {} : { errors });
  try {
    const all = await app.ask("GET /asked");
    return `${all.slice(9, 12)} ${all.slice(all.indexOf("\r\n\r\n") + 4)}`;
  } finally {
    await app.stop();
  }
}

describe("subroute", () => {
  test("runs its routes, then what stands behind it", async () => {
    const set = { handler: "vars", a: "1" };
    expect(await answer([subroute([set]), say("{http.vars.a}")])).toBe("200 1");
    expect(await answer([{ handler: "subroute" }, say("behind")])).toBe("200 behind");
    expect(await answer([subroute([say("inside")]), say("behind")])).toBe("200 inside");
  });

  test("its error routes answer what fails in it, with the error's status", async () => {
    expect(await answer([subroute([fail(404)], [say("{http.error.status_code} {http.error.message}")])])).toBe(
      "404 404 in",
    );
  });

  test("they answer what fails behind it as well", async () => {
    expect(await answer([subroute([], [say("{http.error.message}")]), fail(402, "behind")])).toBe("402 behind");
  });

  test("where they do not answer, what stands behind does", async () => {
    const inner = subroute([fail(404)], [{ handler: "vars", seen: "yes" }]);
    expect(await answer([inner, say("{http.vars.seen} {http.error.status_code}")])).toBe("404 yes 404");
    expect(await answer([subroute([fail(404)], []), say("behind")])).toBe("404 behind");
  });

  test("they see the request as it was rewritten", async () => {
    const rewritten = [{ handler: "rewrite", uri: "/new" }, fail(404)];
    expect(await answer([subroute(rewritten, [say("{http.request.uri}")])])).toBe("404 /new");
  });

  test("when they fail, outer error routes answer that", async () => {
    const outer = [{ handle: [say("outer {http.error.message}")] }];
    expect(await answer([subroute([fail(404)], [fail(405, "again")])], outer)).toBe("405 outer again");
    const nested = subroute([subroute([fail(404)], [fail(405, "again")])], [say("middle {http.error.message}")]);
    expect(await answer([nested], outer)).toBe("405 middle again");
    expect(await answer([subroute([fail(404)])], outer)).toBe("404 outer in");
  });

  test("deferred fields of what failed are dropped, those from outside stay", async () => {
    const deferred = (name: string): object => ({
      handler: "headers",
      response: { deferred: true, set: { [name]: ["1"] } },
    });
    const app = await HttpAppUnderTest.serve([
      { handle: [deferred("Outside"), subroute([deferred("Inside"), fail(404)], [say("x")])] },
    ]);
    const all = await app.ask("GET /");
    expect(all).toContain("Outside: 1\r\n");
    expect(all).not.toContain("Inside");
    await app.stop();
  });

  test("refuses a wrong handler inside, with its place", async () => {
    expect(await failureOf(answer([subroute([{ handler: "sta" }])]))).toContain(
      'apps.http.servers.s.routes[0].handle[0].routes[0].handle[0].handler: there is no handler "sta"',
    );
    expect(await failureOf(answer([subroute([], [{ handler: "sta" }])]))).toContain(
      "handle[0].errors.routes[0].handle[0].handler",
    );
  });
});
