import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import {
  defineModule,
  type MatcherInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";
import { parseQuery } from "./parse-query.ts";

/** By key: values of which one must be there, or `*` for any. */
export type QueryConfig = Readonly<Record<string, readonly string[]>>;

const SCHEMA: z.ZodMiniType<QueryConfig> = z.record(z.string(), z.array(z.string()));

interface Wanted {
  readonly key: Template;
  readonly values: readonly Template[];
}

/** `"query": {"page": ["1", "2"]}`: every key has one of its values. No keys at all ask for an empty query; a query that is malformed matches nothing. */
export const query: ModuleDefinition<QueryConfig, MatcherInstance> = defineModule({
  id: "http.matchers.query",
  schema: SCHEMA,
  provision(config: QueryConfig, context): MatcherInstance {
    const wanted = Object.entries(config).map(([key, values]) => compile(key, values, context));
    if (wanted.length === 0) return { match: (exchange) => isEmpty(exchange) };
    return {
      match(exchange) {
        if (exchange.query === "") return false;
        const parsed = parseQuery(exchange.query);
        return parsed !== undefined && wanted.every((each) => holds(each, parsed, exchange));
      },
    };
  },
});

function compile(key: string, values: readonly string[], context: ProvisionContext): Wanted {
  return { key: context.template(key, key), values: values.map((value, at) => context.template(value, key, at)) };
}

function isEmpty(exchange: Exchange): boolean {
  return exchange.query === "" || parseQuery(exchange.query)?.size === 0;
}

function holds({ key, values }: Wanted, parsed: ReadonlyMap<string, readonly string[]>, exchange: Exchange): boolean {
  const found = parsed.get(key.constant ?? key.evaluate(exchange));
  if (found === undefined) return false;
  return values.some((template) => {
    const value = template.constant ?? template.evaluate(exchange);
    return value === "*" || found.includes(value);
  });
}
