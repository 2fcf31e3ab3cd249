import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import {
  defineModule,
  type MatcherInstance,
  type ModuleDefinition,
  type ProvisionContext,
} from "../../module/index.ts";
import { CAPTURING_PATTERN, type CapturingPatternConfig, compileCapturing } from "../regexp/index.ts";

/** By variable, or placeholder in braces: values of which it may be one. */
export type VarsMatcherConfig = Readonly<Record<string, readonly string[]>>;

/** By variable, or placeholder in braces: what it may match. */
export type VarsRegexpConfig = Readonly<Record<string, CapturingPatternConfig>>;

const VALUES: z.ZodMiniType<VarsMatcherConfig> = z.record(z.string(), z.array(z.string()));
const PATTERNS: z.ZodMiniType<VarsRegexpConfig> = z.record(z.string(), CAPTURING_PATTERN);

/** `"vars": {"{http.request.host}": ["a", "b"]}`: one of the variables has one of its values, as Caddy has it; none at all always match. */
export const varsMatcher: ModuleDefinition<VarsMatcherConfig, MatcherInstance> = defineModule({
  id: "http.matchers.vars",
  schema: VALUES,
  provision(config: VarsMatcherConfig, context): MatcherInstance {
    const tests = Object.entries(config).map(([key, values]) => {
      const read = readerOf(key, context);
      const wanted = values.map((value, index) => context.template(value, key, index));
      return (exchange: Exchange) => {
        const text = read(exchange);
        return wanted.some((template) => template.evaluate(exchange) === text);
      };
    });
    return anyTest(tests);
  },
});

/** `"vars_regexp": {"{http.request.host}": {"pattern": "^a"}}`: one of the variables matches; groups are kept as those of path_regexp are. */
export const varsRegexpMatcher: ModuleDefinition<VarsRegexpConfig, MatcherInstance> = defineModule({
  id: "http.matchers.vars_regexp",
  schema: PATTERNS,
  provision(config: VarsRegexpConfig, context): MatcherInstance {
    const tests = Object.entries(config).map(([key, pattern]) => {
      const read = readerOf(key, context);
      const matches = compileCapturing(pattern, context, [key]);
      return (exchange: Exchange) => matches(read(exchange), exchange);
    });
    return anyTest(tests);
  },
});

function anyTest(tests: readonly ((exchange: Exchange) => boolean)[]): MatcherInstance {
  if (tests.length === 0) return { match: () => true };
  return { match: (exchange) => tests.some((test) => test(exchange)) };
}

/** Reads a placeholder, or the variable of that name, as text. */
function readerOf(key: string, context: ProvisionContext): (exchange: Exchange) => string {
  const template = context.template(/^\{.*\}$/.test(key) ? key : `{http.vars.${key}}`, key);
  return (exchange) => template.evaluate(exchange);
}
