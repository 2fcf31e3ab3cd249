import { expect, test } from "bun:test";
import { AddrPort, UnixAddress } from "../../../addr/index.ts";
import { seededRandom, SimulatedClock } from "../../../clock/index.ts";
import { type Exchange, Fields } from "../../../http/message/index.ts";
import type { ProvisionContext } from "../../module/index.ts";
import { selectionPolicies } from "./policies.ts";
import type { SelectionPolicy } from "./selection-policy.ts";
import { Upstream } from "./upstream.ts";
import { UpstreamState } from "./upstream-state.ts";

const NAMESPACE = "http.reverse_proxy.selection_policies.";

/** Loads a policy as the registry would. */
async function policyOf(config: { policy: string } & Record<string, unknown>): Promise<SelectionPolicy> {
  const { policy, ...rest } = config;
  const definition = selectionPolicies.find(({ id }) => id === NAMESPACE + policy);
  if (definition === undefined) throw new Error(`no policy ${policy}`);
  const context = {
    random: seededRandom(1),
    load: (_: string, inner: { policy: string }) => policyOf(inner),
  } as unknown as ProvisionContext;
  return definition.provision(definition.schema.parse(rest), context);
}

function pool(...names: string[]): Upstream[] {
  return names.map((dial) => {
    const template = { source: dial, constant: dial, evaluate: () => dial, evaluateKnown: () => dial };
    return new Upstream(template, new UpstreamState(), new SimulatedClock(), 0, 1);
  });
}

function exchangeWith(parts: object): Exchange {
  const base = {
    remote: AddrPort.parse("192.0.2.1:1"),
    fields: new Fields(),
    responseFields: new Fields(),
    query: "",
    host: "h",
    scheme: "http",
    originalTarget: "/",
    hasVars: false,
  };
  return { ...base, ...parts } as unknown as Exchange;
}

test.each(["random", "first", "least_conn", "round_robin", "ip_hash", "client_ip_hash", "uri_hash", "cookie"])(
  "the policy %s chooses one that is available, or none",
  async (name) => {
    const policy = await policyOf({ policy: name });
    const upstreams = pool("a:1", "b:1");
    upstreams[0]!.state.fail(1e9);
    expect(policy.select(upstreams, exchangeWith({}))?.dial).toBe("b:1");
    upstreams[1]!.state.fail(1e9);
    expect(policy.select(upstreams, exchangeWith({}))).toBeUndefined();
  },
);

/** How many of 8 upstreams 100 exchanges reach, and whether each comes back to its own. */
function spread(policy: SelectionPolicy, make: (index: number) => object): [number, boolean] {
  const upstreams = pool("a", "b", "c", "d", "e", "f", "g", "h");
  const choose = (): string[] =>
    Array.from({ length: 100 }, (_, i) => policy.select(upstreams, exchangeWith(make(i)))!.dial);
  const once = choose();
  return [new Set(once).size, once.join() === choose().join()];
}

test.each<[Record<string, unknown> & { policy: string }, (index: number) => object]>([
  [{ policy: "ip_hash" }, (i) => ({ remote: AddrPort.parse(`10.0.0.${i}:${1 + i}`) })],
  [{ policy: "client_ip_hash" }, (i) => ({ hasVars: true, vars: new Map([["client_ip", `10.0.0.${i}`]]) })],
  [{ policy: "uri_hash" }, (i) => ({ originalTarget: `/${i}` })],
  [{ policy: "header", field: "X-Key" }, (i) => ({ fields: Fields.from([["x-key", String(i)]]) })],
  [{ policy: "header", field: "Host" }, (i) => ({ host: `${i}.example.com` })],
  [{ policy: "query", key: "k" }, (i) => ({ query: `a=b&k=${i}` })],
])("the policy %j keeps a key on its upstream and spreads keys", async (config, make) => {
  expect(spread(await policyOf(config), make)).toEqual([8, true]);
});

test("the policy ip_hash ignores the port, and knows a Unix socket", async () => {
  const policy = await policyOf({ policy: "ip_hash" });
  const upstreams = pool("a", "b", "c", "d", "e", "f", "g", "h");
  const chosen = [1, 2, 3].map((port) =>
    policy.select(upstreams, exchangeWith({ remote: AddrPort.parse(`10.0.0.1:${port}`) })),
  );
  expect(new Set(chosen).size).toBe(1);
  expect(policy.select(upstreams, exchangeWith({ remote: new UnixAddress("/run/x") }))).toBeDefined();
});

test.each([
  { policy: "header", field: "X-Key", fallback: { policy: "first" } },
  { policy: "query", key: "k", fallback: { policy: "first" } },
  { policy: "cookie", fallback: { policy: "first" } },
])("the policy %j falls back", async (config) => {
  const policy = await policyOf(config);
  expect(policy.select(pool("a:1", "b:1"), exchangeWith({}))?.dial).toBe("a:1");
});

test("the policy cookie marks a client and knows it again", async () => {
  const policy = await policyOf({
    policy: "cookie",
    name: "sid",
    secret: "s",
    max_age: "1h",
    fallback: { policy: "round_robin" },
  });
  const upstreams = pool("a:1", "b:1");
  const first = exchangeWith({});
  expect(policy.select(upstreams, first)?.dial).toBe("a:1");
  const setCookie = first.responseFields.get("set-cookie")!;
  expect(setCookie).toMatch(/^sid=[0-9a-f]{64}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
  const cookie = `x=1; ${setCookie.split(";")[0]}`;
  for (let i = 0; i < 3; i++) {
    const again = exchangeWith({ fields: Fields.from([["Cookie", cookie]]) });
    expect(policy.select(upstreams, again)?.dial).toBe("a:1");
    expect(again.responseFields.size).toBe(0);
  }
  upstreams[0]!.state.fail(1e9);
  const moved = exchangeWith({ scheme: "https", fields: Fields.from([["Cookie", cookie]]) });
  expect(policy.select(upstreams, moved)?.dial).toBe("b:1");
  expect(moved.responseFields.get("set-cookie")).toEndWith("; Secure; SameSite=None");
});

test.each([
  { policy: "random", weight: 1 },
  { policy: "random_choose", choose: 1 },
  { policy: "weighted_round_robin", weights: [0] },
  { policy: "weighted_round_robin", weights: [-1, 2] },
  { policy: "header" },
  { policy: "query", key: "" },
  { policy: "cookie", name: "a b" },
  { policy: "cookie", max_age: "long" },
])("the config %j is refused", async (config) => {
  const failure = await policyOf(config).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
});
