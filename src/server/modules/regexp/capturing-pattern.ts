import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import { ConfigError, type ConfigPath, type ProvisionContext } from "../../module/index.ts";
import { configPattern } from "./config-pattern.ts";
import type { GoPattern } from "./go-pattern.ts";

/** A regular expression whose groups are kept for placeholders. */
export interface CapturingPatternConfig {
  /** Of letters, digits and underscores: groups stand in `{http.regexp.<name>.<group>}` too. */
  readonly name?: string | undefined;
  readonly pattern?: string | undefined;
}

export const CAPTURING_PATTERN: z.ZodMiniType<CapturingPatternConfig> = z.strictObject({
  name: z.optional(z.string()),
  pattern: z.optional(z.string()),
});

/** Whether a text matches; if so its groups are left in the exchange's variables. */
export type CapturingPattern = (text: string, exchange: Exchange) => boolean;

/** Compiles one. Throws ConfigError with a place below `at`. */
export function compileCapturing(
  config: CapturingPatternConfig,
  context: ProvisionContext,
  at: ConfigPath,
): CapturingPattern {
  const { name = "", pattern: source = "" } = config;
  if (name !== "" && !/^\w+$/.test(name)) {
    throw new ConfigError([...context.path, ...at, "name"], `${JSON.stringify(name)} is no name for a pattern`, {
      hint: "use letters, digits and underscores",
    });
  }
  const pattern = configPattern(source, context, [...at, "pattern"]);
  const prefixes = name === "" ? ["http.regexp."] : ["http.regexp.", `http.regexp.${name}.`];
  const keys = prefixes.flatMap((prefix) => keysOf(prefix, pattern));
  return (text, exchange) => {
    const match = pattern.exec(text);
    if (match === undefined) return false;
    for (const { key, group } of keys) exchange.vars.set(key, match.groups[group] ?? "");
    return true;
  };
}

/** The variables in which a pattern's groups are left, by number and by name. */
function keysOf(prefix: string, pattern: GoPattern): readonly { readonly key: string; readonly group: number }[] {
  return pattern.names.flatMap((name, group) => {
    const numbered = { key: `${prefix}${group}`, group };
    return name === "" ? [numbered] : [numbered, { key: prefix + name, group }];
  });
}
