import * as z from "zod/mini";
import { defineModule, type MatcherInstance, type ModuleDefinition } from "../../module/index.ts";

/** Methods, in their own case: they are case-sensitive (RFC 9110 section 9.1). */
export type MethodConfig = readonly string[];

const SCHEMA: z.ZodMiniType<MethodConfig> = z.array(z.string());

/** `"method": ["GET", "HEAD"]`: the method is one of these. */
export const method: ModuleDefinition<MethodConfig, MatcherInstance> = defineModule({
  id: "http.matchers.method",
  schema: SCHEMA,
  provision(config: MethodConfig): MatcherInstance {
    return { match: (exchange) => config.includes(exchange.method) };
  },
});
