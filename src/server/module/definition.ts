import type * as z from "zod/mini";
import type { Instance } from "./instance.ts";
import type { ProvisionContext } from "./provision-context.ts";

/** A schema that decodes a module's config: any of zod/mini's. Objects should be strict, so that unknown keys are refused. */
export type ConfigSchema<Config> = z.ZodMiniType<Config>;

/**
 * A module: a value with an ID such as `http.handlers.restrict_prefix`, registered by an explicit list, never by an import's side effect.
 *
 * Its life: decode with `schema`, then `provision` (opens nothing that is visible from outside), then the instance's `validate`,
 * `start` and at last `cleanup`: exactly once, also when a later step failed.
 *
 * Its identity for a reload is the hash of its ID, its canonical config and its files (docs/decisions/0003-module-identity.md).
 * An instance whose identity has not changed, nor the code of what it loaded, is carried over as it is, with its state, and neither
 * provisioned nor cleaned up in between; a `middleware` is bound anew.
 * State that should outlive a change of its config (the health of an upstream, say) is kept in `context.usage` under a key of its own.
 *
 * @example
 * export default defineModule({
 *   id: "http.handlers.teapot",
 *   schema: z.strictObject({ message: z.string() }),
 *   provision: (config) => ({
 *     handle(exchange, next) {
 *       if (exchange.decodedPath !== "/teapot") return next(exchange);
 *       throw new HandlerError(418, config.message);
 *     },
 *   }),
 * });
 */
export interface ModuleDefinition<Config = unknown, Made extends Instance = Instance> {
  /** Namespace and name, with dots between: the last part is what a config calls it. */
  readonly id: string;
  /** "supervisor" for what must run once and not once a worker. Default "worker". */
  readonly scope?: "worker" | "supervisor";
  readonly schema: ConfigSchema<Config>;
  /** Keys that Caddy knows and we do not build yet, with what they are for: refused as just that, never ignored. */
  readonly planned?: Readonly<Record<string, string>>;
  provision(config: Config, context: ProvisionContext): Made | Promise<Made>;
}

/** Types a module where it is written; returns it as it is. */
export function defineModule<Config, Made extends Instance>(
  definition: ModuleDefinition<Config, Made>,
): ModuleDefinition<Config, Made> {
  return definition;
}
