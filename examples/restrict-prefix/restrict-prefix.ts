import { cleanPath, HandlerError } from "netwright/http/message";
import { defineModule, type HandlerInstance, type ModuleDefinition } from "netwright/server/module";
import * as z from "zod/mini";

/** The module's part of a config: `{"handler": "restrict_prefix", "prefix": "."}`. */
export interface RestrictPrefixConfig {
  /** A path with a segment that begins with this is answered 404. Default ".". */
  readonly prefix?: string | undefined;
}

/** Whether a segment of a decoded path, as a file system would see it, begins with `prefix`. The root itself is no such segment. */
export function isRestricted(decodedPath: string, prefix: string): boolean {
  return cleanPath(decodedPath)
    .split("/")
    .some((segment) => segment !== "" && segment.startsWith(prefix));
}

const PREFIX = z
  .string()
  .check(
    z.minLength(1, "is empty: that would restrict every path"),
    z.regex(/^[^/]*$/, "holds a slash, and no segment does"),
  );

const restrictPrefix: ModuleDefinition<RestrictPrefixConfig, HandlerInstance> = defineModule({
  id: "http.handlers.restrict_prefix",
  schema: z.strictObject({ prefix: z.optional(PREFIX) }),
  provision(config: RestrictPrefixConfig, context): HandlerInstance {
    const { prefix = "." } = config;
    return {
      handle(exchange, next) {
        if (!isRestricted(exchange.decodedPath, prefix)) return next(exchange);
        context.log.debug("restricted", { path: exchange.decodedPath, prefix });
        // Thrown, not answered: the error routes of the config decide what a visitor sees.
        throw new HandlerError(404, `the path has a segment that begins with ${JSON.stringify(prefix)}`);
      },
    };
  },
});

export default restrictPrefix;
