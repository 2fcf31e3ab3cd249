import { ConfigError, type ConfigPath, type ProvisionContext } from "../../module/index.ts";
import { compileGoPattern, type GoPattern } from "./go-pattern.ts";

/** Compiles a regular expression of a config, in Go's syntax. Throws ConfigError with its place, `at` below the module's own. */
export function configPattern(text: string, context: ProvisionContext, at: ConfigPath): GoPattern {
  try {
    return compileGoPattern(text);
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace("Invalid regular expression: ", "");
    throw new ConfigError(
      [...context.path, ...at],
      `the regular expression ${JSON.stringify(text)} cannot be read: ${reason}`,
      { cause },
    );
  }
}
