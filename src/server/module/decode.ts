import * as z from "zod/mini";
import { ConfigError, type ConfigPath } from "./config-error.ts";
import type { ConfigSchema } from "./definition.ts";
import { describeIssue, type Issue, leadingIssue } from "./describe-issue.ts";
import { suggestion } from "./nearest-name.ts";
import { knownNames } from "./registry.ts";
import { keysAt } from "./schema-keys.ts";

/** Stands for a message that a schema does not give itself; zod's own would need a locale, and say less. */
const OWN = "\0";

/**
 * Decodes a part of a config. Throws ConfigError that names the exact place below `path`, what was found there and what is wanted.
 * `planned` has keys, at any depth, that Caddy knows and we do not build yet, with what they are for.
 */
export function decode<Config>(
  schema: ConfigSchema<Config>,
  value: unknown,
  path: ConfigPath,
  planned: Readonly<Record<string, string>> = {},
): Config {
  const result = z.safeParse(schema, value, { error: () => OWN, reportInput: true });
  if (result.success) return result.data;
  const issue = leadingIssue(result.error.issues);
  const at = [...path, ...configPath(issue.path)];
  if (issue.code === "unrecognized_keys") throw unknownKey(schema, issue, at, planned);
  throw new ConfigError(at, issue.message === OWN ? describeIssue(issue, OWN) : issue.message);
}

function unknownKey(
  schema: ConfigSchema<unknown>,
  issue: Issue & { readonly code: "unrecognized_keys" },
  path: ConfigPath,
  planned: Readonly<Record<string, string>>,
): ConfigError {
  const key = issue.keys[0] ?? "";
  const at = [...path, key];
  if (Object.hasOwn(planned, key)) {
    return new ConfigError(at, `is known to Caddy, but not built here yet (${planned[key]})`, { hint: "remove it" });
  }
  const keys = keysAt(schema, configPath(issue.path));
  return new ConfigError(at, "unknown key", {
    hint: suggestion(key, [...keys, ...Object.keys(planned)]) ?? knownNames(keys) ?? "this object takes no keys",
  });
}

function configPath(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === "symbol" ? String(step) : step));
}
