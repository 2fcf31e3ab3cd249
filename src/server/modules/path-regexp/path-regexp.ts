import { defineModule, type MatcherInstance, type ModuleDefinition } from "../../module/index.ts";
import { cleanRequestPath } from "../clean-path/index.ts";
import { CAPTURING_PATTERN, type CapturingPatternConfig, compileCapturing } from "../regexp/index.ts";

/**
 * `"path_regexp": {"name": "id", "pattern": "^/user/(\\d+)$"}`: a regular expression in Go's syntax on the path, decoded and cleaned, in its own case. What its groups hold is
 * left in `{http.regexp.id.1}` (by number or name) and `{http.regexp.1}`.
 */
export const pathRegexp: ModuleDefinition<CapturingPatternConfig, MatcherInstance> = defineModule({
  id: "http.matchers.path_regexp",
  schema: CAPTURING_PATTERN,
  provision(config: CapturingPatternConfig, context): MatcherInstance {
    const pattern = compileCapturing(config, context, []);
    return { match: (exchange) => pattern(cleanRequestPath(exchange.decodedPath, true), exchange) };
  },
});
