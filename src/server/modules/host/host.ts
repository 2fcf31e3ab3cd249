import { domainToASCII } from "node:url";
import * as z from "zod/mini";
import type { Exchange } from "../../../http/message/index.ts";
import {
  ConfigError,
  defineModule,
  type MatcherInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";

/** Host names: exact, with `*` for a whole label, or with placeholders. */
export type HostConfig = readonly string[];

const SCHEMA: z.ZodMiniType<HostConfig> = z.array(z.string());

/** Asks whether a host, in lower case and without port, is meant. */
type HostTest = (host: string, exchange: Exchange) => boolean;

/**
 * `"host": ["example.com", "*.example.com"]`: the host that was asked for, without its port, whatever its case. A `*` stands for exactly one label. However many exact
 * names there are, one look-up finds them.
 */
export const host: ModuleDefinition<HostConfig, MatcherInstance> = defineModule({
  id: "http.matchers.host",
  schema: SCHEMA,
  provision(config: HostConfig, context): MatcherInstance {
    refuseRepeated(config, context);
    const exact = new Set<string>();
    const others: HostTest[] = [];
    for (const [index, text] of config.entries()) {
      const template = context.template(text, index);
      if (template.constant === undefined) others.push(templateTest(template));
      else if (template.constant.includes("*")) others.push(wildcardTest(lower(template.constant)));
      else exact.add(lower(template.constant));
    }
    const asked = others.length > 0;
    return {
      match(exchange) {
        const name = hostname(exchange.host);
        return exact.has(name) || (asked && others.some((test) => test(name, exchange)));
      },
    };
  },
});

function refuseRepeated(config: HostConfig, context: ProvisionContext): void {
  const seen = new Map<string, number>();
  for (const [index, text] of config.entries()) {
    const first = seen.get(lower(text));
    if (first !== undefined) {
      throw new ConfigError(
        [...context.path, index],
        `${JSON.stringify(text)} stands here twice, first at [${first}]`,
        {
          hint: "remove one of them",
        },
      );
    }
    seen.set(lower(text), index);
  }
}

/** Names of other scripts are compared in the form that clients send (RFC 5891). */
function lower(name: string): string {
  const lowered = name.toLowerCase();
  return /[^\0-\x7f]/.test(lowered) ? domainToASCII(lowered) || lowered : lowered;
}

/** The host of an authority, in lower case, without port and brackets. */
function hostname(authority: string): string {
  if (authority.charCodeAt(0) === 0x5b) {
    const end = authority.indexOf("]");
    return (end < 0 ? authority : authority.slice(1, end)).toLowerCase();
  }
  const colon = authority.indexOf(":");
  const name = colon < 0 || authority.includes(":", colon + 1) ? authority : authority.slice(0, colon);
  return name.toLowerCase();
}

function wildcardTest(pattern: string): HostTest {
  const wanted = pattern.split(".");
  return (name) => {
    const labels = name.split(".");
    return labels.length === wanted.length && wanted.every((label, at) => label === "*" || label === labels[at]);
  };
}

function templateTest(template: Template): HostTest {
  return (name, exchange) => {
    const wanted = lower(template.evaluate(exchange));
    return wanted.includes("*") ? wildcardTest(wanted)(name, exchange) : wanted === name;
  };
}
