import { ConfigError, type ConfigPath } from "./config-error.ts";

/** The one key that means something else in JavaScript: what copies objects applies it, or loses it without a word. */
const PROTO = "__proto__";

/** Throws ConfigError where a config, as JSON.parse gave it, holds the key `__proto__`, at any depth. */
export function refuseProto(value: unknown, path: ConfigPath = []): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseProto(item, [...path, index]);
    return;
  }
  if (Object.hasOwn(value, PROTO)) {
    throw new ConfigError([...path, PROTO], "this name is not known, nor can it be given to anything", {
      hint: "choose another",
    });
  }
  for (const [key, inner] of Object.entries(value)) refuseProto(inner, [...path, key]);
}
