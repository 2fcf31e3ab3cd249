import { describe, expect, test } from "bun:test";
import { type Exchange, HandlerError, type Next } from "../../http/message/index.ts";
import type { HandlerInstance, MatcherInstance } from "./instance.ts";
import { allOf, anyOf } from "./matcher-set.ts";
import { compileRoutes, ERROR_VAR, type Route } from "./routes.ts";

/** As much of an Exchange as routes touch. `said` collects what handlers leave. */
class FakeExchange {
  path: string;
  started = false;
  sent = 0;
  readonly said: string[] = [];
  private made: Map<string, unknown> | undefined;

  constructor(path = "/") {
    this.path = path;
  }

  get vars(): Map<string, unknown> {
    return (this.made ??= new Map());
  }

  get hasVars(): boolean {
    return this.made !== undefined;
  }

  start(status: number): void {
    this.started = true;
    this.sent = status;
  }

  end(): void {}
}

const fake = (exchange: Exchange): FakeExchange => exchange as unknown as FakeExchange;
const say = (word: string): HandlerInstance => ({
  handle(exchange, next) {
    fake(exchange).said.push(word);
    return next(exchange);
  },
});
const answer = (word: string): HandlerInstance => ({ handle: (exchange) => void fake(exchange).said.push(word) });
const rewrite = (path: string): HandlerInstance => ({
  handle(exchange, next) {
    exchange.path = path;
    return next(exchange);
  },
});
const path = (wanted: string): MatcherInstance => ({ match: (exchange) => exchange.path === wanted });
const route = (handlers: HandlerInstance[], more: Partial<Route> = {}): Route => ({
  matcher: undefined,
  handlers,
  group: "",
  terminal: false,
  ...more,
});
const end: Next = (exchange) => void fake(exchange).said.push("end");

async function run(routes: readonly Route[], exchange: FakeExchange = new FakeExchange()): Promise<string> {
  await compileRoutes(routes)(end)(exchange as unknown as Exchange);
  return exchange.said.join(" ");
}

describe("compileRoutes", () => {
  test("chains handlers, then the routes behind, then what stands behind them all", async () => {
    expect(await run([route([say("a"), say("b")]), route([say("c")])])).toBe("a b c end");
    expect(await run([])).toBe("end");
    expect(await run([route([])])).toBe("end");
    expect(await run([route([say("a"), answer("b"), say("c")]), route([say("d")])])).toBe("a b");
  });

  test("leaves out what does not match", async () => {
    const routes = [route([say("a")], { matcher: path("/a") }), route([say("b")], { matcher: path("/b") })];
    expect(await run(routes, new FakeExchange("/b"))).toBe("b end");
    expect(await run(routes, new FakeExchange("/c"))).toBe("end");
  });

  test("matches a route when the chain reaches it, after rewrites", async () => {
    const routes = [
      route([rewrite("/new")], { matcher: path("/old") }),
      route([say("old")], { matcher: path("/old") }),
      route([say("new")], { matcher: path("/new") }),
    ];
    expect(await run(routes, new FakeExchange("/old"))).toBe("new end");
  });

  test("a terminal route ends the chain, the one outside too", async () => {
    expect(await run([route([say("a")], { terminal: true }), route([say("b")])])).toBe("a");
    const unmatched = [route([say("a")], { terminal: true, matcher: path("/x") }), route([say("b")])];
    expect(await run(unmatched)).toBe("b end");
  });

  test("a terminal route that answers an error sends its bare status", async () => {
    const exchange = new FakeExchange();
    exchange.vars.set(ERROR_VAR, new HandlerError(418));
    await run([route([say("a")], { terminal: true })], exchange);
    expect(exchange.sent).toBe(418);
  });

  test("takes the first route that matches of each group, and every one without", async () => {
    const routes = [
      route([say("a1")], { group: "a", matcher: path("/no") }),
      route([say("b1")], { group: "b" }),
      route([say("a2")], { group: "a" }),
      route([say("x")]),
      route([say("a3")], { group: "a" }),
      route([say("b2")], { group: "b" }),
    ];
    expect(await run(routes)).toBe("b1 a2 x end");
    expect(await run(routes)).toBe("b1 a2 x end");
  });

  test("a group counts in subroutes too", async () => {
    const inner = compileRoutes([route([say("inner")], { group: "g" }), route([say("free")])]);
    expect(await run([route([say("outer")], { group: "g" }), route([{ middleware: inner }])])).toBe("outer free end");
  });

  test("is synchronous where nothing waits, and makes no variables without groups", () => {
    const exchange = new FakeExchange();
    const routes = [route([say("a")], { matcher: anyOf([path("/x"), allOf([path("/"), path("/")])]) })];
    expect(compileRoutes(routes)(end)(exchange as unknown as Exchange)).toBeUndefined();
    expect(exchange.said).toEqual(["a", "end"]);
    expect(exchange.hasVars).toBe(false);
  });

  test("waits for matchers and handlers that do", async () => {
    const later = (value: boolean): MatcherInstance => ({ match: async () => value });
    const routes = [
      route([say("a")], { matcher: later(true) }),
      route([say("b")], { matcher: later(false) }),
      route([{ handle: async (exchange, next) => next(exchange) }, say("c")]),
    ];
    expect(await run(routes)).toBe("a c end");
  });

  test("gives on what matchers and handlers throw", async () => {
    const routes = [
      route([], {
        matcher: {
          match: () => {
            throw new HandlerError(400);
          },
        },
      }),
    ];
    expect(() => compileRoutes(routes)(end)(new FakeExchange() as unknown as Exchange)).toThrow(HandlerError);
  });

  test("binds a middleware once, and survives thousands of routes that do not match", async () => {
    let bound = 0;
    const middleware: HandlerInstance = {
      middleware: (next) => {
        bound++;
        return next;
      },
    };
    const chain = compileRoutes([
      route([middleware]),
      ...Array.from({ length: 20_000 }, () => route([], { matcher: path("/x") })),
    ])(end);
    for (let i = 0; i < 3; i++) await chain(new FakeExchange() as unknown as Exchange);
    expect(bound).toBe(1);
  });
});

describe("allOf and anyOf", () => {
  const asked: string[] = [];
  const saying = (name: string, value: boolean | Promise<boolean>): MatcherInstance => ({
    match: () => {
      asked.push(name);
      return value;
    },
  });
  const exchange = new FakeExchange() as unknown as Exchange;

  test("stop asking once it is settled", async () => {
    const yes = saying("yes", true);
    const no = saying("no", false);
    expect(allOf([yes, no, yes]).match(exchange)).toBe(false);
    expect(anyOf([no, yes, no]).match(exchange)).toBe(true);
    expect(asked.splice(0)).toEqual(["yes", "no", "no", "yes"]);
    const laterYes = saying("laterYes", Promise.resolve(true));
    const laterNo = saying("laterNo", Promise.resolve(false));
    expect(await allOf([laterYes, laterNo, yes]).match(exchange)).toBe(false);
    expect(await anyOf([laterNo, no, laterYes, no]).match(exchange)).toBe(true);
    expect(await anyOf([laterNo, no]).match(exchange)).toBe(false);
    expect(await allOf([laterYes, yes]).match(exchange)).toBe(true);
    expect(asked.splice(0)).toEqual("laterYes laterNo laterNo no laterYes laterNo no laterYes yes".split(" "));
  });

  test("match always when they are empty", () => {
    expect(allOf([]).match(exchange)).toBe(true);
    expect(anyOf([]).match(exchange)).toBe(true);
  });
});
