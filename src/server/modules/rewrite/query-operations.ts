import * as z from "zod/mini";
import { type Exchange, textOfField } from "../../../http/message/index.ts";
import type { ConfigPath, ProvisionContext } from "../../module/index.ts";
import { compileReplacement, type ReplacementConfig } from "../regexp/index.ts";
import { bytesOf, QueryValues } from "./query-values.ts";
import type { UriChange } from "./uri-template.ts";

interface KeyAndValue {
  readonly key: string;
  /** Default "". */
  readonly val?: string | undefined;
}

interface QueryReplacementConfig extends ReplacementConfig {
  readonly key: string;
}

/** Changes to a query: rename, set, add, replace, delete, in that order. */
export interface QueryOperationsConfig {
  readonly rename?: readonly KeyAndValue[] | undefined;
  readonly set?: readonly KeyAndValue[] | undefined;
  readonly add?: readonly KeyAndValue[] | undefined;
  /** The key "*" means every one. */
  readonly replace?: readonly QueryReplacementConfig[] | undefined;
  readonly delete?: readonly string[] | undefined;
}

const PAIRS = z.optional(z.array(z.strictObject({ key: z.string(), val: z.optional(z.string()) })));

export const QUERY_OPERATIONS: z.ZodMiniType<QueryOperationsConfig> = z.strictObject({
  rename: PAIRS,
  set: PAIRS,
  add: PAIRS,
  replace: z.optional(
    z.array(
      z.strictObject({
        key: z.string(),
        search: z.optional(z.string()),
        search_regexp: z.optional(z.string()),
        replace: z.optional(z.string()),
      }),
    ),
  ),
  delete: z.optional(z.array(z.string())),
});

type QueryStep = (query: QueryValues, exchange: Exchange) => void;

/** Compiles operations on a query, which is written anew by them, its keys in order. */
export function compileQueryOperations(
  config: QueryOperationsConfig,
  context: ProvisionContext,
  at: ConfigPath,
): UriChange {
  const steps: QueryStep[] = [
    ...pairSteps(config.rename, context, [...at, "rename"], (query, from, to) => to !== "" && query.rename(from, to)),
    ...pairSteps(config.set, context, [...at, "set"], (query, key, value) => query.set(key, value)),
    ...pairSteps(config.add, context, [...at, "add"], (query, key, value) => query.add(key, value)),
    ...replaceSteps(config.replace ?? [], context, [...at, "replace"]),
    ...deleteSteps(config.delete ?? [], context, [...at, "delete"]),
  ];
  return (exchange) => {
    const query = new QueryValues(exchange.query);
    for (const step of steps) step(query, exchange);
    const made = query.toString();
    if (made !== exchange.query) exchange.query = made;
  };
}

function pairSteps(
  pairs: readonly KeyAndValue[] | undefined,
  context: ProvisionContext,
  at: ConfigPath,
  act: (query: QueryValues, key: string, value: string) => unknown,
): QueryStep[] {
  return (pairs ?? []).map(({ key, val = "" }, index): QueryStep => {
    const keyText = context.template(key, ...at, index, "key");
    const value = context.template(val, ...at, index, "val");
    return (query, exchange) => {
      const name = bytesOf(keyText.evaluate(exchange));
      if (name !== "") act(query, name, bytesOf(value.evaluate(exchange)));
    };
  });
}

function replaceSteps(
  entries: readonly QueryReplacementConfig[],
  context: ProvisionContext,
  at: ConfigPath,
): QueryStep[] {
  return entries.map((entry, index): QueryStep => {
    const key = context.template(entry.key, ...at, index, "key");
    const change = compileReplacement(entry, context, [...at, index], (template, exchange) =>
      template.evaluate(exchange),
    );
    return (query, exchange) => {
      query.change(bytesOf(key.evaluate(exchange)), (bytes) => {
        const before = textOfField(bytes);
        const after = change(before, exchange);
        return after === before ? bytes : bytesOf(after);
      });
    };
  });
}

function deleteSteps(keys: readonly string[], context: ProvisionContext, at: ConfigPath): QueryStep[] {
  return keys.map((text, index): QueryStep => {
    const key = context.template(text, ...at, index);
    return (query, exchange) => query.delete(bytesOf(key.evaluate(exchange)));
  });
}
