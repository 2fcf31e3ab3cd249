import type * as NodeCrypto from "node:crypto";
import * as z from "zod/mini";
import { AddrPort } from "../../../addr/index.ts";
import type { Exchange } from "../../../http/message/index.ts";
import { defineModule, type ModuleDefinition, type ProvisionContext } from "../../module/index.ts";
import { DURATION } from "../../config/index.ts";
import {
  RoundRobin,
  selectByHash,
  selectFirst,
  selectLeastBusy,
  selectOfSome,
  selectRandom,
  WeightedRoundRobin,
} from "./selection.ts";
import type { SelectionPolicy } from "./selection-policy.ts";
import type { Upstream } from "./upstream.ts";

/** Where the policies live. */
export const POLICIES = "http.reverse_proxy.selection_policies";

const NOTHING = z.strictObject({});
const FALLBACK = z.optional(z.looseObject({ policy: z.string() }));

const random = simple(
  "random",
  ({ random }) =>
    (pool) =>
      selectRandom(pool, random),
);
const first = simple("first", () => selectFirst);
const leastConn = simple(
  "least_conn",
  ({ random }) =>
    (pool) =>
      selectLeastBusy(pool, random),
);
const roundRobin = simple("round_robin", () => {
  const turns = new RoundRobin();
  return (pool) => turns.select(pool);
});
const ipHash = simple("ip_hash", () => (pool, exchange) => selectByHash(pool, addressOf(exchange)));
const clientIpHash = simple("client_ip_hash", () => (pool, exchange) => selectByHash(pool, clientAddressOf(exchange)));
const uriHash = simple("uri_hash", () => (pool, exchange) => selectByHash(pool, exchange.originalTarget));

const randomChoose = defineModule({
  id: `${POLICIES}.random_choose`,
  schema: z.strictObject({ choose: z.optional(z.int().check(z.gte(2))) }),
  provision: ({ choose = 2 }, context): SelectionPolicy => ({
    select: (pool) => selectOfSome(pool, choose, context.random),
  }),
});

const weightedRoundRobin = defineModule({
  id: `${POLICIES}.weighted_round_robin`,
  schema: z.strictObject({
    weights: z
      .array(z.int().check(z.gte(0)))
      .check(z.refine((weights) => weights.some((weight) => weight > 0), "one weight at least must be above 0")),
  }),
  provision: ({ weights }): SelectionPolicy => {
    const turns = new WeightedRoundRobin(weights);
    return { select: (pool) => turns.select(pool) };
  },
});

const header = defineModule({
  id: `${POLICIES}.header`,
  schema: z.strictObject({ field: z.string().check(z.minLength(1)), fallback: FALLBACK }),
  provision: async ({ field, fallback }, context): Promise<SelectionPolicy> => {
    const other = await loadFallback(fallback, context);
    const host = field.toLowerCase() === "host";
    return {
      select(pool, exchange) {
        const value = host ? exchange.host : exchange.fields.get(field);
        return value === undefined || value === "" ? other.select(pool, exchange) : selectByHash(pool, value);
      },
    };
  },
});

const query = defineModule({
  id: `${POLICIES}.query`,
  schema: z.strictObject({ key: z.string().check(z.minLength(1)), fallback: FALLBACK }),
  provision: async ({ key, fallback }, context): Promise<SelectionPolicy> => {
    const other = await loadFallback(fallback, context);
    return {
      select(pool, exchange) {
        const value = new URLSearchParams(exchange.query).getAll(key).join(",");
        return value === "" ? other.select(pool, exchange) : selectByHash(pool, value);
      },
    };
  },
});

const cookie = defineModule({
  id: `${POLICIES}.cookie`,
  schema: z.strictObject({
    name: z.optional(z.string().check(z.regex(/^[!#$%&'*+\-.^_`|~\w]+$/))),
    secret: z.optional(z.string()),
    max_age: z.optional(DURATION),
    fallback: FALLBACK,
  }),
  provision: async (config, context): Promise<SelectionPolicy> =>
    new CookiePolicy(
      config.name ?? "lb",
      config.secret ?? "",
      config.max_age ?? 0,
      await loadFallback(config.fallback, context),
    ),
});

/** Keeps a client on its upstream by a cookie that holds a keyed hash of the upstream's address. */
class CookiePolicy implements SelectionPolicy {
  private readonly name: string;
  private readonly secret: string;
  private readonly attributes: string;
  private readonly fallback: SelectionPolicy;
  private readonly marks = new Map<string, Buffer>();

  constructor(name: string, secret: string, maxAgeMs: number, fallback: SelectionPolicy) {
    this.name = name;
    this.secret = secret;
    this.attributes = `; Path=/${maxAgeMs > 0 ? `; Max-Age=${Math.floor(maxAgeMs / 1000)}` : ""}; HttpOnly`;
    this.fallback = fallback;
  }

  select(pool: readonly Upstream[], exchange: Exchange): Upstream | undefined {
    const mark = cookieOf(exchange, this.name);
    if (mark !== undefined) {
      const bytes = Buffer.from(mark, "latin1");
      for (const upstream of pool) if (upstream.available && sameBytes(this.markOf(upstream), bytes)) return upstream;
    }
    const upstream = this.fallback.select(pool, exchange);
    if (upstream === undefined) return undefined;
    const site = exchange.scheme === "https" ? "; Secure; SameSite=None" : "; SameSite=Lax";
    const value = `${this.name}=${this.markOf(upstream).toString("latin1")}${this.attributes}${site}`;
    exchange.responseFields.append("Set-Cookie", value);
    return upstream;
  }

  private markOf(upstream: Upstream): Buffer {
    let mark = this.marks.get(upstream.dial);
    if (mark === undefined) {
      mark = Buffer.from(nodeCrypto().createHmac("sha256", this.secret).update(upstream.dial).digest("hex"), "latin1");
      this.marks.set(upstream.dial, mark);
    }
    return mark;
  }
}

/** Every selection policy, for the list of standard modules. */
export const selectionPolicies: readonly ModuleDefinition<never, SelectionPolicy>[] = [
  random,
  first,
  leastConn,
  roundRobin,
  ipHash,
  clientIpHash,
  uriHash,
  randomChoose,
  weightedRoundRobin,
  header,
  query,
  cookie,
] as unknown as readonly ModuleDefinition<never, SelectionPolicy>[];

type Select = SelectionPolicy["select"];

/** A policy without options. */
function simple(
  name: string,
  make: (context: ProvisionContext) => Select,
): ModuleDefinition<Record<string, never>, SelectionPolicy> {
  return defineModule({
    id: `${POLICIES}.${name}`,
    schema: NOTHING,
    provision: (_, context): SelectionPolicy => ({ select: make(context) }),
  });
}

async function loadFallback(config: unknown, context: ProvisionContext): Promise<SelectionPolicy> {
  if (config === undefined) return { select: (pool) => selectRandom(pool, context.random) };
  return (await context.load(POLICIES, config, { inlineKey: "policy" }, "fallback")) as SelectionPolicy;
}

function addressOf(exchange: Exchange): string {
  const { remote } = exchange;
  return remote instanceof AddrPort ? remote.addr.toString() : remote.toString();
}

/** The address that the http app says the client has; the peer's when it says nothing. */
function clientAddressOf(exchange: Exchange): string {
  const client = exchange.hasVars ? exchange.vars.get("client_ip") : undefined;
  return typeof client === "string" ? client : addressOf(exchange);
}

function cookieOf(exchange: Exchange, name: string): string | undefined {
  for (const line of exchange.fields.values("cookie")) {
    for (const pair of line.split(";")) {
      const equals = pair.indexOf("=");
      if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
    }
  }
  return undefined;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && nodeCrypto().timingSafeEqual(one, other);
}

/** Loaded when a cookie is first signed: it takes 6 ms, of which most starts need none. */
function nodeCrypto(): typeof NodeCrypto {
  return process.getBuiltinModule("node:crypto");
}
