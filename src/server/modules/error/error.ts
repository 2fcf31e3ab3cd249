import * as z from "zod/mini";
import { HandlerError } from "../../../http/message/index.ts";
import {
  ConfigError,
  defineModule,
  type HandlerInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";

/** `{"handler": "error", "error": "…", "status_code": 404}`. */
export interface ErrorConfig {
  /** What `{http.error.message}` says. */
  readonly error?: string | undefined;
  /** A number, or a text with placeholders that makes one. Default 500. */
  readonly status_code?: number | string | undefined;
}

const SCHEMA: z.ZodMiniType<ErrorConfig> = z.strictObject({
  error: z.optional(z.string()),
  status_code: z.optional(z.union([z.number(), z.string()])),
});

/** `http.handlers.error`: ends the chain with an error, which the error routes answer. */
export const error: ModuleDefinition<ErrorConfig, HandlerInstance> = defineModule({
  id: "http.handlers.error",
  schema: SCHEMA,
  provision(config: ErrorConfig, context): HandlerInstance {
    const message = context.template(config.error ?? "", "error");
    const status = statusOf(config.status_code, context);
    return {
      handle(exchange) {
        const code = typeof status === "number" ? status : dynamicStatus(status.evaluate(exchange));
        throw new HandlerError(code, message.evaluateKnown(exchange));
      },
    };
  },
});

const DEFAULT_STATUS = 500;

function statusOf(code: number | string | undefined, context: ProvisionContext): number | Template {
  if (code === undefined || code === "") return DEFAULT_STATUS;
  const template = context.template(String(code), "status_code");
  if (template.constant === undefined) return template;
  const status = statusNumber(template.constant);
  if (status !== undefined) return status;
  throw new ConfigError([...context.path, "status_code"], `${JSON.stringify(code)} is no status to answer with`, {
    hint: "write a number from 200 to 999, or a placeholder that makes one",
  });
}

function dynamicStatus(text: string): number {
  const status = statusNumber(text);
  if (status === undefined) throw new HandlerError(500, `${JSON.stringify(text)} is no status to answer with`);
  return status;
}

function statusNumber(text: string): number | undefined {
  const status = /^\+?\d+$/.test(text) ? Number(text) : 0;
  return status >= 200 && status <= 999 ? status : undefined;
}
