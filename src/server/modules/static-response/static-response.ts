import * as z from "zod/mini";
import {
  type Exchange,
  fieldText,
  HandlerError,
  isFieldName,
  type Next,
  prepareResponse,
} from "../../../http/message/index.ts";
import {
  ConfigError,
  defineModule,
  ERROR_VAR,
  type HandlerInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";
import { contentTypeOf } from "./content-type.ts";

/** `{"handler": "static_response", "status_code": 200, "headers": {…}, "body": "…"}`. */
export interface StaticResponseConfig {
  /** A number, or a text with placeholders that makes one. Default: that of the error that is being answered, else 200. */
  readonly status_code?: number | string | undefined;
  readonly headers?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly body?: string | undefined;
  /** Ends the connection behind the response. */
  readonly close?: boolean | undefined;
  /** Drops the connection without a word. */
  readonly abort?: boolean | undefined;
}

const SCHEMA: z.ZodMiniType<StaticResponseConfig> = z.strictObject({
  status_code: z.optional(z.union([z.number(), z.string()])),
  headers: z.optional(z.record(z.string(), z.array(z.string()))),
  body: z.optional(z.string()),
  close: z.optional(z.boolean()),
  abort: z.optional(z.boolean()),
});

/**
 * `http.handlers.static_response`: the same answer to everything. One without placeholders is prepared once. With an interim status (102 to 199) its
 * fields are sent ahead: behind 103 the handlers that follow answer, behind others this one does, with 200.
 */
export const staticResponse: ModuleDefinition<StaticResponseConfig, HandlerInstance> = defineModule({
  id: "http.handlers.static_response",
  schema: SCHEMA,
  provision(config: StaticResponseConfig, context): HandlerInstance {
    if (config.abort === true) return { handle: (exchange) => exchange.abort() };
    const response = new StaticResponse(config, context);
    return { middleware: (next) => response.bind(next) };
  },
});

const EARLY_HINTS = 103;
const DEFAULT_STATUS = 200;
const encoder = new TextEncoder();

/** Fields that the engine writes or has an opinion about: a response with one of them is made anew each time. */
const ENGINES_OWN = new Set(["connection", "content-length", "date", "server", "transfer-encoding"]);

interface StaticField {
  readonly name: Template;
  readonly values: readonly Template[];
}

class StaticResponse {
  /** Undefined: the error's, or 200. */
  private readonly status: number | Template | undefined;
  private readonly fields: readonly StaticField[];
  private readonly body: Template;
  private readonly close: boolean;
  /** The body, when it is always the same. */
  private readonly bytes: Uint8Array | undefined;

  constructor(config: StaticResponseConfig, context: ProvisionContext) {
    const { status_code: code, headers = {}, body = "" } = config;
    this.status = typeof code === "string" ? statusTemplate(code, context) : code;
    if (typeof this.status === "number" && !isStatus(this.status)) throw badStatus(String(code), context);
    this.fields = Object.entries(headers).map(([name, values]) => ({
      name: nameTemplate(name, context),
      values: values.map((value, i) => context.template(value, "headers", name, i)),
    }));
    this.body = context.template(body, "body");
    this.bytes = this.body.constant === undefined ? undefined : encoder.encode(this.body.constant);
    this.close = config.close === true;
  }

  bind(next: Next): Next {
    const prepared = this.prepare();
    if (prepared === undefined) return (exchange) => this.answer(exchange, next);
    const statusByError = this.status === undefined;
    return (exchange) => {
      if (exchange.hasResponseFields || (statusByError && exchange.hasVars)) return this.answer(exchange, next);
      exchange.respond(prepared);
    };
  }

  /** The response made once, when nothing in it depends on the request. */
  private prepare(): ReturnType<typeof prepareResponse> | undefined {
    const { status = DEFAULT_STATUS, bytes } = this;
    if (typeof status !== "number" || status < 200 || this.close || bytes === undefined) return undefined;
    const made: [string, string][] = [];
    for (const { name, values } of this.fields) {
      const field = name.constant;
      if (field === undefined || ENGINES_OWN.has(field.toLowerCase())) return undefined;
      for (const { constant } of values) {
        if (constant === undefined) return undefined;
        made.push([field, fieldText(constant)]);
      }
    }
    if (bytes.length > 0 && !made.some(([name]) => name.toLowerCase() === "content-type")) {
      made.push(["Content-Type", contentTypeOf(this.body.constant!)]);
    }
    return prepareResponse(status, made, bytes);
  }

  private answer(exchange: Exchange, next: Next): void | Promise<void> {
    const text = this.body.evaluateKnown(exchange);
    this.putFields(exchange, text);
    let status = this.statusFor(exchange);
    if (status < 200) {
      exchange.inform(status, exchange.responseFields);
      if (status === EARLY_HINTS) return next(exchange);
      status = DEFAULT_STATUS;
    }
    const body = this.bytes ?? encoder.encode(text);
    exchange.start(status, body.length);
    exchange.end(body);
  }

  /** A field stands for all of its name that handlers before have set. */
  private putFields(exchange: Exchange, text: string): void {
    const fields = exchange.responseFields;
    for (const { name, values } of this.fields) {
      const field = name.constant ?? name.evaluate(exchange);
      if (!isFieldName(field)) continue;
      // Made before the old ones go: they may be asked for.
      const made = values.map((value) => fieldText(value.evaluateKnown(exchange)));
      fields.delete(field);
      for (const value of made) fields.appendUnchecked(field, value);
    }
    if (text !== "" && !fields.has("content-type")) fields.appendUnchecked("Content-Type", contentTypeOf(text));
    if (this.close) fields.appendUnchecked("Connection", "close");
  }

  private statusFor(exchange: Exchange): number {
    const { status } = this;
    if (typeof status === "number") return status;
    if (status === undefined) {
      const error = exchange.hasVars ? exchange.vars.get(ERROR_VAR) : undefined;
      return error === undefined ? DEFAULT_STATUS : HandlerError.from(error).status;
    }
    const text = status.evaluate(exchange);
    const number = statusNumber(text);
    if (!isStatus(number)) throw new HandlerError(500, `${JSON.stringify(text)} is no status to answer with`);
    return number;
  }
}

/** Statuses that an answer can begin with; 100 and 101 are the engine's own. */
function isStatus(status: number): boolean {
  return Number.isInteger(status) && status > 101 && status <= 999;
}

function statusNumber(text: string): number {
  return /^\+?\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** The status in a text: a number when it holds no placeholders, undefined when it is empty. */
function statusTemplate(text: string, context: ProvisionContext): number | Template | undefined {
  if (text === "") return undefined;
  const template = context.template(text, "status_code");
  return template.constant === undefined ? template : statusNumber(template.constant);
}

function badStatus(text: string, context: ProvisionContext): ConfigError {
  return new ConfigError([...context.path, "status_code"], `${JSON.stringify(text)} is no status to answer with`, {
    hint: "write a number from 200 to 999, 102 to 199 for an interim response, or a placeholder that makes one",
  });
}

function nameTemplate(text: string, context: ProvisionContext): Template {
  const template = context.template(text, "headers", text);
  if (template.constant === undefined || isFieldName(template.constant)) return template;
  throw new ConfigError([...context.path, "headers", text], `${JSON.stringify(text)} is no field name`);
}
