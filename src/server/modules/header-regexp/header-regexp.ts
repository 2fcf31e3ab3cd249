import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import { defineModule, type MatcherInstance, type ModuleDefinition } from "../../module/index.ts";
import { fieldValues } from "../header/index.ts";
import { CAPTURING_PATTERN, type CapturingPatternConfig, compileCapturing } from "../regexp/index.ts";

/** A regular expression by field name. */
export type HeaderRegexpConfig = Readonly<Record<string, CapturingPatternConfig>>;

const SCHEMA: z.ZodMiniType<HeaderRegexpConfig> = z.record(z.string(), CAPTURING_PATTERN);

/** `"header_regexp": {"Cookie": {"name": "c", "pattern": "id=(\\w+)"}}`: every field named has a value that matches; its groups are kept as those of path_regexp are. */
export const headerRegexp: ModuleDefinition<HeaderRegexpConfig, MatcherInstance> = defineModule({
  id: "http.matchers.header_regexp",
  schema: SCHEMA,
  provision(config: HeaderRegexpConfig, context): MatcherInstance {
    const tests = Object.entries(config).map(([name, pattern]) => {
      const lower = name.toLowerCase();
      const matches = compileCapturing(pattern, context, [name]);
      return (exchange: Exchange) => fieldValues(exchange, lower).some((value) => matches(value, exchange));
    });
    return { match: (exchange) => tests.every((test) => test(exchange)) };
  },
});
