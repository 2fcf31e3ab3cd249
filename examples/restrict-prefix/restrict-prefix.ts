import { defineModule, type HandlerInstance, type ModuleDefinition } from "netwright/server/module";
import { HandlerError } from "netwright/http/message";
import * as z from "zod/mini";

/** The module's part of a config: `{"handler": "restrict_prefix", "prefix": "."}`. */
export interface RestrictPrefixConfig {
  /** A path with a segment that begins with this is answered 404. Default ".". */
  readonly prefix?: string | undefined;
}

/** Whether a segment of a decoded, cleaned path begins with `prefix`. The root itself is no segment. */
export function isRestricted(path: string, prefix: string): boolean {
  for (const segment of path.split("/")) {
    if (segment !== "" && segment.startsWith(prefix)) return true;
  }
  return false;
}

/** A path without empty and dot segments, as a file system would see it: `/a//./b/../.c` is `/a/.c`. */
export function cleanedPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") kept.pop();
    else kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

const restrictPrefix: ModuleDefinition<RestrictPrefixConfig, HandlerInstance> = defineModule({
  id: "http.handlers.restrict_prefix",
  schema: z.strictObject({ prefix: z.optional(z.string().check(z.minLength(1), z.regex(/^[^/]*$/))) }),
  provision(config: RestrictPrefixConfig, context): HandlerInstance {
    const prefix = config.prefix ?? ".";
    return {
      handle(exchange, next) {
        const path = cleanedPath(exchange.decodedPath);
        if (!isRestricted(path, prefix)) return next(exchange);
        context.log.debug("restricted", { path, prefix });
        // Thrown, not answered: the error routes of the config decide what a visitor sees.
        throw new HandlerError(404, `the path has a segment that begins with ${JSON.stringify(prefix)}`);
      },
    };
  },
});

export default restrictPrefix;
