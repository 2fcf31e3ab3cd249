import type { Exchange } from "../../http/message/index.ts";
import { ConfigError, type ConfigPath } from "./config-error.ts";
import type { Instance, MatcherInstance } from "./instance.ts";
import { kindOf } from "./describe-issue.ts";
import type { ProvisionContext } from "./provision-context.ts";

/** How dear matchers are to ask, the cheap ones first; others stand between. */
const COST: ReadonlyMap<string, number> = new Map(
  Object.entries({
    method: 0,
    protocol: 0,
    path: 1,
    host: 2,
    query: 3,
    header: 3,
    remote_ip: 4,
    client_ip: 4,
    vars: 5,
    not: 6,
    path_regexp: 7,
    header_regexp: 8,
    expression: 10,
    file: 11,
  }),
);
const OTHER_COST = 9;

/** Loads the matchers of a set. See ProvisionContext.loadMatcherSet. */
export async function loadMatcherSet(
  config: unknown,
  context: ProvisionContext,
  at: ConfigPath,
): Promise<MatcherInstance> {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new ConfigError([...context.path, ...at], `must be an object of matchers, not ${kindOf(config)}`);
  }
  const loaded: { readonly cost: number; readonly matcher: MatcherInstance }[] = [];
  for (const [name, value] of Object.entries(config)) {
    const made: Instance = await context.load("http.matchers", value, { name }, ...at, name);
    if (!isMatcher(made)) {
      throw new ConfigError([...context.path, ...at, name], "its module makes no matcher", {
        hint: "provision must return an object with match",
      });
    }
    loaded.push({ cost: COST.get(name) ?? OTHER_COST, matcher: made });
  }
  loaded.sort((one, other) => one.cost - other.cost);
  return allOf(loaded.map(({ matcher }) => matcher));
}

function isMatcher(made: Instance): made is MatcherInstance {
  return "match" in made && typeof made.match === "function";
}

/** A matcher that matches when all do, asked in order until one does not; no matchers match always. Synchronous as long as they are. */
export function allOf(matchers: readonly MatcherInstance[]): MatcherInstance {
  const [only] = matchers;
  if (matchers.length === 1 && only !== undefined) return { match: (exchange) => only.match(exchange) };
  return { match: (exchange) => matchFrom(matchers, 0, exchange, false) };
}

/** A matcher that matches when any does; no matchers match always, as Caddy has it. Synchronous as long as they are. */
export function anyOf(matchers: readonly MatcherInstance[]): MatcherInstance {
  const [only] = matchers;
  if (only === undefined) return { match: () => true };
  if (matchers.length === 1) return only;
  return { match: (exchange) => matchFrom(matchers, 0, exchange, true) };
}

/** Asks from `index` on until one answers `settles`, which then is the answer; else it is the opposite. */
function matchFrom(
  matchers: readonly MatcherInstance[],
  index: number,
  exchange: Exchange,
  settles: boolean,
): boolean | Promise<boolean> {
  for (let i = index; i < matchers.length; i++) {
    const matched = matchers[i]!.match(exchange);
    if (matched === settles) return settles;
    if (typeof matched !== "boolean") return matchLater(matchers, i, exchange, settles, matched);
  }
  return !settles;
}

async function matchLater(
  matchers: readonly MatcherInstance[],
  index: number,
  exchange: Exchange,
  settles: boolean,
  pending: Promise<boolean>,
): Promise<boolean> {
  return (await pending) === settles ? settles : matchFrom(matchers, index + 1, exchange, settles);
}
