import * as z from "zod/mini";
import { LOGGING_SCHEMA, type LoggingConfig } from "../apps/index.ts";

/** A whole config, decoded as far as it is not the apps' own. */
export interface Config {
  admin?: { disabled?: boolean | undefined } | undefined;
  logging?: LoggingConfig | undefined;
  apps?: Record<string, unknown> | undefined;
  /** How many processes serve; "auto": one a core. Default 1. */
  workers?: number | "auto" | undefined;
  /** Files with modules of the user's own. */
  modules?: string[] | undefined;
}

export const CONFIG_SCHEMA: z.ZodMiniType<Config> = z.strictObject({
  admin: z.optional(z.strictObject({ disabled: z.optional(z.boolean()) })),
  logging: z.optional(LOGGING_SCHEMA),
  apps: z.optional(z.record(z.string(), z.unknown())),
  workers: z.optional(z.union([z.number().check(z.int(), z.gte(1), z.lte(1024)), z.literal("auto")])),
  modules: z.optional(z.array(z.string())),
});

/** What Caddy knows at the top of a config and is not built yet. */
export const PLANNED_CONFIG_KEYS: Readonly<Record<string, string>> = {
  storage: "storage of certificates and other state",
  listen: "the admin API",
  enforce_origin: "the admin API",
  origins: "the admin API",
  config: "the admin API",
  identity: "the admin API",
  remote: "the admin API",
};
