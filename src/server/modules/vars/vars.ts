import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import {
  defineModule,
  type HandlerInstance,
  type ModuleDefinition,
  type ProvisionContext,
} from "../../module/index.ts";

/** Names and values of any kind; placeholders in names, and in values that are strings, are replaced for each request. */
export type VarsConfig = Readonly<Record<string, unknown>>;

const SCHEMA: z.ZodMiniType<VarsConfig> = z.record(z.string(), z.unknown());

/** `{"handler": "vars", "name": "value", …}`: sets variables of a request, which `{http.vars.name}` reads. */
export const vars: ModuleDefinition<VarsConfig, HandlerInstance> = defineModule({
  id: "http.handlers.vars",
  schema: SCHEMA,
  provision(config: VarsConfig, context): HandlerInstance {
    const setters = Object.entries(config).map(([name, value]) => setterOf(name, value, context));
    return {
      middleware: (next) => (exchange) => {
        for (const set of setters) set(exchange);
        return next(exchange);
      },
    };
  },
});

function setterOf(key: string, value: unknown, context: ProvisionContext): (exchange: Exchange) => void {
  const name = context.template(key, key);
  const valueFor = valueReader(value, key, context);
  const { constant } = name;
  if (constant === undefined) return (exchange) => exchange.vars.set(name.evaluate(exchange), valueFor(exchange));
  return (exchange) => exchange.vars.set(constant, valueFor(exchange));
}

/** Only a string on its own has placeholders, as in Caddy: what stands inside of lists and objects stays as it is. */
function valueReader(value: unknown, key: string, context: ProvisionContext): (exchange: Exchange) => unknown {
  if (typeof value !== "string") return () => value;
  const template = context.template(value, key);
  if (template.constant !== undefined) return () => template.constant;
  return (exchange) => template.evaluate(exchange);
}
