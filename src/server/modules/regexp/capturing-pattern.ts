import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import { ConfigError, type ConfigPath, type ProvisionContext } from "../../module/index.ts";
import { configPattern } from "./config-pattern.ts";

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
  return (text, exchange) => {
    // The expression is global and would go on where it last stopped.
    pattern.lastIndex = 0;
    const match = pattern.exec(text);
    if (match === null) return false;
    for (const prefix of prefixes) keep(match, prefix, exchange.vars);
    return true;
  };
}

function keep(match: RegExpExecArray, prefix: string, vars: Map<string, unknown>): void {
  for (let group = 0; group < match.length; group++) vars.set(`${prefix}${group}`, match[group] ?? "");
  if (match.groups === undefined) return;
  for (const [group, text] of Object.entries(match.groups)) vars.set(prefix + group, text ?? "");
}
