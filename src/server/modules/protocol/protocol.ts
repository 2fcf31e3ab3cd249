import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import { defineModule, type MatcherInstance, type ModuleDefinition } from "../../module/index.ts";

/** `http`, `https`, `grpc`, or a version: `http/1.0`, `http/1.1`, `http/2`, `http/3`, with a `+` for "or later". */
export type ProtocolConfig = string;

const SCHEMA: z.ZodMiniType<ProtocolConfig> = z.string();

const VERSIONS: ReadonlyMap<string, number> = new Map([
  ["http/1.0", 10],
  ["http/1.1", 11],
  ["http/2", 20],
  ["http/3", 30],
]);

/** `"protocol": "https"`: the scheme or version of the request. */
export const protocol: ModuleDefinition<ProtocolConfig, MatcherInstance> = defineModule({
  id: "http.matchers.protocol",
  schema: SCHEMA,
  provision(config: ProtocolConfig, context): MatcherInstance {
    const name = config.toLowerCase();
    const test = testOf(name);
    if (test !== undefined) return { match: test };
    context.warn(`${JSON.stringify(config)} is no protocol that a request can have, so that this never matches`);
    return { match: () => false };
  },
});

function testOf(name: string): ((exchange: Exchange) => boolean) | undefined {
  if (name === "http" || name === "https") return (exchange) => exchange.scheme === name;
  if (name === "grpc") return isGrpc;
  const later = name.endsWith("+");
  const wanted = VERSIONS.get(later ? name.slice(0, -1) : name);
  if (wanted === undefined) return undefined;
  if (later) return (exchange) => versionOf(exchange) >= wanted;
  return (exchange) => versionOf(exchange) === wanted;
}

function isGrpc(exchange: Exchange): boolean {
  return exchange.fields.get("content-type")?.startsWith("application/grpc") === true;
}

/** `HTTP/1.1` as 11. */
function versionOf({ protocol: text }: Exchange): number {
  return (text.charCodeAt(5) - 0x30) * 10 + (text.charCodeAt(7) - 0x30);
}
