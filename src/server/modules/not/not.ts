import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import { defineModule, type MatcherInstance, type ModuleDefinition } from "../../module/index.ts";

/** Matcher sets, none of which may match. */
export type NotConfig = readonly Readonly<Record<string, unknown>>[];

const SCHEMA: z.ZodMiniType<NotConfig> = z.array(z.record(z.string(), z.unknown()));

/** `"not": [{"path": ["/admin/*"]}, …]`: none of the matcher sets matches. */
export const not: ModuleDefinition<NotConfig, MatcherInstance> = defineModule({
  id: "http.matchers.not",
  schema: SCHEMA,
  async provision(config: NotConfig, context): Promise<MatcherInstance> {
    const sets: MatcherInstance[] = [];
    for (const [index, set] of config.entries()) sets.push(await context.loadMatcherSet(set, index));
    return { match: (exchange) => noneFrom(sets, 0, exchange) };
  },
});

/** Asks the sets from `index` on; synchronous as long as they are. */
function noneFrom(sets: readonly MatcherInstance[], index: number, exchange: Exchange): boolean | Promise<boolean> {
  for (let i = index; i < sets.length; i++) {
    const matched = sets[i]!.match(exchange);
    if (matched === true) return false;
    if (matched !== false) return matched.then((result) => !result && noneFrom(sets, i + 1, exchange));
  }
  return true;
}
