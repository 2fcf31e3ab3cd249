import type { Exchange } from "../../../http/message/index.ts";
import { ConfigError, type ConfigPath, type ProvisionContext, type Template } from "../../module/index.ts";
import { configPattern } from "./config-pattern.ts";
import { replaceMatches } from "./replace-matches.ts";

/** One replacement: of a text, or of what a regular expression (Go's syntax) finds, with `$1` and `$name`. Placeholders stand in `search` and `replace`. */
export interface ReplacementConfig {
  readonly search?: string | undefined;
  readonly search_regexp?: string | undefined;
  readonly replace?: string | undefined;
}

/** Replaces in a text. */
export type Replacement = (text: string, exchange: Exchange) => string;

/** Compiles a replacement; `read` says what becomes of unknown placeholders. Throws ConfigError with a place below `at`. */
export function compileReplacement(
  config: ReplacementConfig,
  context: ProvisionContext,
  at: ConfigPath,
  read: (template: Template, exchange: Exchange) => string,
): Replacement {
  const { search = "", search_regexp: expression = "" } = config;
  const replace = context.template(config.replace ?? "", ...at, "replace");
  if (expression === "") {
    const found = context.template(search, ...at, "search");
    return (text, exchange) => text.replaceAll(read(found, exchange), () => read(replace, exchange));
  }
  if (search !== "") {
    throw new ConfigError([...context.path, ...at], "search and search_regexp exclude each other", {
      hint: "leave one of them out",
    });
  }
  const pattern = configPattern(expression, context, [...at, "search_regexp"]);
  return (text, exchange) => replaceMatches(text, pattern, read(replace, exchange));
}
