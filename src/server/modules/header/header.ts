import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import {
  defineModule,
  type MatcherInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";

/** By field name: values of which one must be there, with `*` at either end; an empty list asks for the field, null for its absence. */
export type HeaderConfig = Readonly<Record<string, readonly string[] | null>>;

const SCHEMA: z.ZodMiniType<HeaderConfig> = z.record(z.string(), z.union([z.array(z.string()), z.null()]));

/** Asks about one field. */
type FieldTest = (exchange: Exchange) => boolean;

/** `"header": {"Accept": ["*json*"]}`: every field named has one of its values. `Host` is the host that was asked for. */
export const header: ModuleDefinition<HeaderConfig, MatcherInstance> = defineModule({
  id: "http.matchers.header",
  schema: SCHEMA,
  provision(config: HeaderConfig, context): MatcherInstance {
    const tests = Object.entries(config).map(([name, values]) => testOf(name, values, context));
    return { match: (exchange) => tests.every((test) => test(exchange)) };
  },
});

function testOf(name: string, values: readonly string[] | null, context: ProvisionContext): FieldTest {
  const lower = name.toLowerCase();
  if (values === null) return (exchange) => !isThere(exchange, lower);
  if (values.length === 0) return (exchange) => isThere(exchange, lower);
  const wanted = values.map((value, index) => valueTest(context.template(value, name, index)));
  return (exchange) => fieldValues(exchange, lower).some((value) => wanted.some((test) => test(value, exchange)));
}

function isThere(exchange: Exchange, lower: string): boolean {
  return lower === "host" ? exchange.host !== "" : exchange.fields.has(lower);
}

/** Every value of a request's field, its name in lower case; that of Host is the authority that was asked for. */
export function fieldValues(exchange: Exchange, lower: string): readonly string[] {
  if (lower === "host" && exchange.host !== "") return [exchange.host];
  return exchange.fields.values(lower);
}

function valueTest(template: Template): (value: string, exchange: Exchange) => boolean {
  const { constant } = template;
  if (constant === undefined) return (value, exchange) => wildcardTest(template.evaluate(exchange))(value);
  return wildcardTest(constant);
}

function wildcardTest(wanted: string): (value: string) => boolean {
  if (wanted === "*") return () => true;
  const [first, last] = [wanted.startsWith("*"), wanted.endsWith("*")];
  const text = wanted.slice(first ? 1 : 0, last ? -1 : undefined);
  if (first && last) return (value) => value.includes(text);
  if (first) return (value) => value.endsWith(text);
  if (last) return (value) => value.startsWith(text);
  return (value) => value === text;
}
