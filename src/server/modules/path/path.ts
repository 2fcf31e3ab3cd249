import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import {
  defineModule,
  type MatcherInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";
import { compilePathPattern, type PathPattern } from "./path-pattern.ts";
import { cleanRequestPath } from "./clean-request-path.ts";

/** Paths: exact, `/prefix/*`, `*.suffix`, `*inner*`, or shell patterns in which `*` stops at slashes. */
export type PathConfig = readonly string[];

const SCHEMA: z.ZodMiniType<PathConfig> = z.array(z.string());

/** Asks one pattern about a request. */
type PathTest = (exchange: Exchange) => boolean;

/**
 * `"path": ["/api/*", "*.php"]`: the path, decoded, cleaned of dots and of slashes that the pattern has not doubled, whatever its case. A pattern with a `%` is compared
 * with the path as it was escaped, where it has escapes itself: `/a%2Fb` is not `/a/b`.
 */
export const path: ModuleDefinition<PathConfig, MatcherInstance> = defineModule({
  id: "http.matchers.path",
  schema: SCHEMA,
  provision(config: PathConfig, context): MatcherInstance {
    if (config.includes("*")) return { match: () => true };
    const tests = config.map((text, index) => testOf(text, index, context));
    const [only] = tests;
    if (only !== undefined && tests.length === 1) return { match: only };
    return { match: (exchange) => tests.some((test) => test(exchange)) };
  },
});

function testOf(text: string, index: number, context: ProvisionContext): PathTest {
  const template = context.template(text, index);
  if (template.constant === undefined) return templateTest(template);
  return patternTest(compilePathPattern(template.constant));
}

function patternTest(pattern: PathPattern): PathTest {
  const { escaped, mergesSlashes, matches } = pattern;
  if (escaped) return (exchange) => matches(cleanRequestPath(exchange.path, mergesSlashes).toLowerCase());
  return (exchange) => matches(cleanRequestPath(exchange.decodedPath, mergesSlashes).toLowerCase());
}

function templateTest(template: Template): PathTest {
  return (exchange) => patternTest(compilePathPattern(template.evaluate(exchange)))(exchange);
}
