import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import { defineModule, type MatcherInstance, type ModuleDefinition, type Template } from "../../module/index.ts";
import { compilePathPattern, type PathPattern } from "./path-pattern.ts";
import { cleanRequestPath } from "../clean-path/index.ts";

/** Paths: exact, `/prefix/*`, `*.suffix`, `*inner*`, or shell patterns in which `*` stops at slashes. */
export type PathConfig = readonly string[];

const SCHEMA: z.ZodMiniType<PathConfig> = z.array(z.string());

/** One pattern. `usual` ones are asked with the same path, which is cleaned once for all of them. */
interface PathTest {
  readonly usual?: (path: string) => boolean;
  readonly unusual?: (exchange: Exchange) => boolean;
}

/**
 * `"path": ["/api/*", "*.php"]`: the path, decoded, cleaned of dots and of slashes that the pattern has not doubled, whatever its case. A pattern with a `%` is compared
 * with the path as it was escaped, where it has escapes itself: `/a%2Fb` is not `/a/b`.
 */
export const path: ModuleDefinition<PathConfig, MatcherInstance> = defineModule({
  id: "http.matchers.path",
  schema: SCHEMA,
  provision(config: PathConfig, context): MatcherInstance {
    if (config.includes("*")) return { match: () => true };
    const tests = config.map((text, index) => testOf(context.template(text, index)));
    const [only] = tests;
    if (tests.length === 1 && only?.usual !== undefined) {
      const { usual } = only;
      return { match: (exchange) => usual(usualPath(exchange)) };
    }
    return { match: (exchange) => matchesAny(tests, exchange) };
  },
});

function matchesAny(tests: readonly PathTest[], exchange: Exchange): boolean {
  let path: string | undefined;
  for (const { usual, unusual } of tests) {
    if (usual?.((path ??= usualPath(exchange))) === true || unusual?.(exchange) === true) return true;
  }
  return false;
}

function usualPath(exchange: Exchange): string {
  return cleanRequestPath(exchange.decodedPath, true).toLowerCase();
}

function testOf(template: Template): PathTest {
  if (template.constant === undefined) {
    return { unusual: (exchange) => asks(compilePathPattern(template.evaluate(exchange)), exchange) };
  }
  const pattern = compilePathPattern(template.constant);
  if (!pattern.escaped && pattern.mergesSlashes) return { usual: pattern.matches };
  return { unusual: (exchange) => asks(pattern, exchange) };
}

function asks({ escaped, mergesSlashes, matches }: PathPattern, exchange: Exchange): boolean {
  return matches(cleanRequestPath(escaped ? exchange.path : exchange.decodedPath, mergesSlashes).toLowerCase());
}
