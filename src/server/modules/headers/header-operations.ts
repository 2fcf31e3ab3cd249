import * as z from "zod/mini";
import type { Exchange, Fields } from "../../../http/message/index.ts";
import { ConfigError, type ConfigPath, type ProvisionContext, type Template } from "../../module/index.ts";

/** One replacement in field values: of a text, or of what a regular expression finds (with `$1`, `${name}`). */
interface Replacement {
  readonly search?: string | undefined;
  readonly search_regexp?: string | undefined;
  readonly replace?: string | undefined;
}

/** Caddy's operations on fields. Names in `delete` may begin or end with `*`; in `replace` the name `*` means every field. */
export interface HeaderOperationsConfig {
  readonly add?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly set?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly delete?: readonly string[] | undefined;
  readonly replace?: Readonly<Record<string, readonly Replacement[]>> | undefined;
}

const KEYS = {
  add: z.optional(z.record(z.string(), z.array(z.string()))),
  set: z.optional(z.record(z.string(), z.array(z.string()))),
  delete: z.optional(z.array(z.string())),
  replace: z.optional(
    z.record(
      z.string(),
      z.array(
        z.strictObject({
          search: z.optional(z.string()),
          search_regexp: z.optional(z.string()),
          replace: z.optional(z.string()),
        }),
      ),
    ),
  ),
};

export const HEADER_OPERATIONS: z.ZodMiniType<HeaderOperationsConfig> = z.strictObject(KEYS);

/** The same for responses; `deferred` changes nothing here, since a proxy's operations see the upstream's answer anyway. */
export const RESPONSE_HEADER_OPERATIONS: z.ZodMiniType<HeaderOperationsConfig & { readonly require?: unknown }> =
  z.strictObject({ ...KEYS, deferred: z.optional(z.boolean()), require: z.optional(z.unknown()) });

/** Changes to the fields of a message, compiled once: add, set, delete, replace, in that order. */
export class HeaderOperations {
  private readonly steps: readonly Step[];

  constructor(config: HeaderOperationsConfig, context: ProvisionContext, at: ConfigPath) {
    const compiler = new Compiler(context, at);
    this.steps = [
      ...(config.delete?.includes("*") === true ? [clearAll] : []),
      ...compiler.additions(config.add ?? {}),
      ...compiler.settings(config.set ?? {}),
      ...compiler.deletions(config.delete ?? []),
      ...compiler.replacements(config.replace ?? {}),
    ];
  }

  apply(fields: Fields, exchange: Exchange): void {
    for (const step of this.steps) step(fields, exchange);
  }

  /** Applies them to a request, whose Host stands apart; returns the Host that comes of it. */
  applyToRequest(fields: Fields, exchange: Exchange, host: string): string {
    fields.append("Host", host);
    this.apply(fields, exchange);
    const changed = fields.values("host").at(-1) ?? "";
    fields.delete("host");
    return changed;
  }
}

type Step = (fields: Fields, exchange: Exchange) => void;

function clearAll(fields: Fields): void {
  for (let at = fields.end - 1; at >= 0; at--) fields.deleteAt(at);
}

class Compiler {
  private readonly context: ProvisionContext;
  private readonly at: ConfigPath;

  constructor(context: ProvisionContext, at: ConfigPath) {
    this.context = context;
    this.at = at;
  }

  additions(config: Readonly<Record<string, readonly string[]>>): Step[] {
    return Object.entries(config).flatMap(([key, texts]) => {
      const name = this.template(key, "add", key);
      return texts.map((text, index): Step => {
        const value = this.template(text, "add", key, index);
        return (fields, exchange) => fields.append(name.evaluate(exchange), sendable(value.evaluate(exchange)));
      });
    });
  }

  settings(config: Readonly<Record<string, readonly string[]>>): Step[] {
    return Object.entries(config).map(([key, texts]): Step => {
      const name = this.template(key, "set", key);
      const values = texts.map((text, index) => this.template(text, "set", key, index));
      // Several cookies can't share a field (RFC 6265 section 3).
      const apart = key.toLowerCase() === "set-cookie";
      return (fields, exchange) => {
        const evaluated = values.map((value) => sendable(value.evaluate(exchange)));
        const field = name.evaluate(exchange);
        fields.delete(field);
        for (const value of apart ? evaluated : [evaluated.join(",")]) fields.append(field, value);
      };
    });
  }

  deletions(config: readonly string[]): Step[] {
    return config
      .filter((text) => text !== "*")
      .map((text, index): Step => {
        const name = this.template(text, "delete", index);
        return (fields, exchange) => deleteMatching(fields, name.evaluate(exchange).toLowerCase());
      });
  }

  replacements(config: NonNullable<HeaderOperationsConfig["replace"]>): Step[] {
    return Object.entries(config).flatMap(([key, entries]) => {
      const name = this.template(key, "replace", key);
      return entries.map((entry, index): Step => {
        const change = this.replacement(entry, "replace", key, index);
        return (fields, exchange) => replaceIn(fields, name.evaluate(exchange), (value) => change(value, exchange));
      });
    });
  }

  private replacement(entry: Replacement, ...at: ConfigPath): (value: string, exchange: Exchange) => string {
    const replace = this.template(entry.replace ?? "", ...at, "replace");
    if (entry.search_regexp === undefined || entry.search_regexp === "") {
      const search = this.template(entry.search ?? "", ...at, "search");
      return (value, exchange) => value.replaceAll(search.evaluate(exchange), () => replace.evaluate(exchange));
    }
    if (entry.search !== undefined && entry.search !== "") {
      throw this.error("search and search_regexp exclude each other", ...at);
    }
    const pattern = this.pattern(entry.search_regexp, ...at, "search_regexp");
    return (value, exchange) => {
      const text = replace.evaluate(exchange);
      return value.replace(pattern, (...match) => expand(text, match));
    };
  }

  private pattern(text: string, ...at: ConfigPath): RegExp {
    try {
      return new RegExp(text, "g");
    } catch (cause) {
      throw this.error(`the regular expression ${JSON.stringify(text)} cannot be read: ${String(cause)}`, ...at);
    }
  }

  private template(text: string, ...at: ConfigPath): Template {
    return this.context.template(text, ...this.at, ...at);
  }

  private error(reason: string, ...at: ConfigPath): ConfigError {
    return new ConfigError([...this.context.path, ...this.at, ...at], reason);
  }
}

function deleteMatching(fields: Fields, pattern: string): void {
  const starts = pattern.startsWith("*");
  const ends = pattern.endsWith("*");
  if (!starts && !ends) {
    fields.delete(pattern);
    return;
  }
  const part = pattern.slice(starts ? 1 : 0, ends ? -1 : undefined);
  for (let at = fields.end - 1; at >= 0; at--) {
    const name = fields.nameAt(at).toLowerCase();
    if (name === "") continue;
    const matches = starts && ends ? name.includes(part) : starts ? name.endsWith(part) : name.startsWith(part);
    if (matches) fields.deleteAt(at);
  }
}

function replaceIn(fields: Fields, name: string, change: (value: string) => string): void {
  const lower = name.toLowerCase();
  const changed: [string, string][] = [];
  for (let at = fields.end - 1; at >= 0; at--) {
    const own = fields.nameAt(at);
    if (own === "" || (lower !== "*" && own.toLowerCase() !== lower)) continue;
    const before = fields.valueAt(at);
    const after = change(before);
    if (after === before) continue;
    fields.deleteAt(at);
    changed.push([own, sendable(after)]);
  }
  for (const [own, value] of changed.reverse()) fields.append(own, value);
}

/** Go's replacement syntax: `$1`, `${1}`, `${name}`, `$$`. */
function expand(text: string, match: readonly unknown[]): string {
  const last = match.at(-1);
  const groups =
    typeof last === "object" && last !== null ? (last as Readonly<Record<string, string | undefined>>) : {};
  return text.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    const key = bare ?? braced;
    if (key === undefined) return whole === "$$" ? "$" : "";
    if (!/^\d+$/.test(key)) return groups[key] ?? "";
    const group = match[Number(key)];
    return typeof group === "string" && Number(key) < match.length - (groups === last ? 3 : 2) ? group : "";
  });
}

/** A value made of placeholders may hold what came from a client: controls are left out, and characters beyond Latin-1 go as UTF-8. */
function sendable(value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  return Buffer.from(value, "utf8")
    .toString("latin1")
    .replace(/[\x00-\x08\x0a-\x1f\x7f]/g, "");
}
