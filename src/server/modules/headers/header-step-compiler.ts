import { type Exchange, type Fields, fieldText, isFieldName, textOfField } from "../../../http/message/index.ts";
import { ConfigError, type ConfigPath, type ProvisionContext, type Template } from "../../module/index.ts";
import { compileReplacement } from "../regexp/index.ts";
import type { HeaderOperationsConfig } from "./header-operations-config.ts";
import { nameMatches } from "./name-pattern.ts";

/** One change to the fields of a message. */
export type HeaderStep = (fields: Fields, exchange: Exchange) => void;

type Values = Readonly<Record<string, readonly string[]>>;
/** A text at work: the same for every exchange, or made for each. */
type Text = (exchange: Exchange) => string;

const readKnown = (template: Template, exchange: Exchange): string => template.evaluateKnown(exchange);

/**
 * Compiles operations to steps. Texts without placeholders are made ready once; placeholders of unknown names stay as they stand, as in Caddy. Names
 * that come out of placeholders and are none are left out.
 */
export class HeaderStepCompiler {
  private readonly context: ProvisionContext;
  private readonly at: ConfigPath;

  constructor(context: ProvisionContext, at: ConfigPath) {
    this.context = context;
    this.at = at;
  }

  additions(config: Values): HeaderStep[] {
    return Object.entries(config).flatMap(([key, texts]) => {
      const name = this.name(key, "add", key);
      return texts.map((text, index): HeaderStep => {
        const value = this.value(text, "add", key, index);
        return (fields, exchange) => {
          const field = name(exchange);
          if (isFieldName(field)) fields.appendUnchecked(field, value(exchange));
        };
      });
    });
  }

  settings(config: Values): HeaderStep[] {
    return Object.entries(config).map(([key, texts]): HeaderStep => {
      const name = this.name(key, "set", key);
      const values = texts.map((text, index) => this.value(text, "set", key, index));
      const joined = this.joined(texts, values);
      return (fields, exchange) => {
        const field = name(exchange);
        if (!isFieldName(field)) return;
        // Made before the old ones go: they may be asked for.
        const made = isSetCookie(field) ? values.map((value) => value(exchange)) : [joined(exchange)];
        fields.delete(field);
        for (const value of made) fields.appendUnchecked(field, value);
      };
    });
  }

  deletions(config: readonly string[]): HeaderStep[] {
    return config
      .map((text, index): HeaderStep | undefined => {
        if (text === "*") return undefined;
        const name = this.name(text, "delete", index);
        return (fields, exchange) => deleteMatching(fields, name(exchange).toLowerCase());
      })
      .filter((step) => step !== undefined);
  }

  replacements(config: NonNullable<HeaderOperationsConfig["replace"]>): HeaderStep[] {
    return Object.entries(config).map(([key, entries]): HeaderStep => {
      const name = this.name(key, "replace", key);
      const changes = entries.map((entry, index) =>
        compileReplacement(entry, this.context, [...this.at, "replace", key, index], readKnown),
      );
      return (fields, exchange) => {
        replaceIn(fields, name(exchange).toLowerCase(), (value) => {
          for (const change of changes) value = change(value, exchange);
          return value;
        });
      };
    });
  }

  private name(text: string, ...at: ConfigPath): Text {
    const template = this.template(text, ...at);
    const { constant } = template;
    if (constant === undefined) return (exchange) => template.evaluateKnown(exchange);
    if (!isFieldName(constant)) throw this.error(`${JSON.stringify(text)} is no field name`, ...at);
    return () => constant;
  }

  private value(text: string, ...at: ConfigPath): Text {
    const template = this.template(text, ...at);
    if (template.constant === undefined) return (exchange) => fieldText(template.evaluateKnown(exchange));
    const value = fieldText(template.constant);
    return () => value;
  }

  /** Several values of one `set` share a field, as in Caddy. */
  private joined(texts: readonly string[], values: readonly Text[]): Text {
    const [only] = values;
    if (values.length === 1 && only !== undefined) return only;
    return texts.length === 0 ? () => "" : (exchange) => values.map((value) => value(exchange)).join(",");
  }

  private template(text: string, ...at: ConfigPath): Template {
    return this.context.template(text, ...this.at, ...at);
  }

  private error(reason: string, ...at: ConfigPath): ConfigError {
    return new ConfigError([...this.context.path, ...this.at, ...at], reason);
  }
}

/** Several cookies can't share a field (RFC 6265 section 3). */
function isSetCookie(name: string): boolean {
  return name.length === 10 && name.toLowerCase() === "set-cookie";
}

function deleteMatching(fields: Fields, pattern: string): void {
  if (!pattern.startsWith("*") && !pattern.endsWith("*")) {
    fields.delete(pattern);
    return;
  }
  for (let at = fields.end - 1; at >= 0; at--) {
    const name = fields.nameAt(at);
    if (name !== "" && nameMatches(name.toLowerCase(), pattern)) fields.deleteAt(at);
  }
}

/** Changes the values of every field of a name ("*": of all); fields of the same name keep their order. */
function replaceIn(fields: Fields, lower: string, change: (value: string) => string): void {
  const found: [name: string, value: string][] = [];
  let changed = false;
  for (let at = 0; at < fields.end; at++) {
    const name = fields.nameAt(at);
    if (name === "" || (lower !== "*" && !fields.nameIs(at, lower))) continue;
    const before = textOfField(fields.valueAt(at));
    const after = change(before);
    if (after === before) {
      found.push([name, fields.valueAt(at)]);
    } else {
      found.push([name, fieldText(after)]);
      changed = true;
    }
  }
  if (!changed) return;
  for (let at = fields.end - 1; at >= 0; at--) {
    if (fields.nameAt(at) !== "" && (lower === "*" || fields.nameIs(at, lower))) fields.deleteAt(at);
  }
  for (const [name, value] of found) fields.appendUnchecked(name, value);
}
