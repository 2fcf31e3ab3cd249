import * as z from "zod/mini";
import { HandlerError, isFieldName } from "../../../http/message/index.ts";
import {
  defineModule,
  type HandlerInstance,
  type ModuleDefinition,
  type ProvisionContext,
} from "../../module/index.ts";
import { cleanRequestPath } from "../clean-path/index.ts";
import { configPattern, replaceMatches } from "../regexp/index.ts";
import { changePath } from "./escaped-path.ts";
import { withoutPrefix, withoutSuffix } from "./path-affix.ts";
import { compileQueryOperations, QUERY_OPERATIONS, type QueryOperationsConfig } from "./query-operations.ts";
import { sendableQuery } from "./query-values.ts";
import { compileUri, type UriChange } from "./uri-template.ts";

interface SubstringConfig {
  readonly find?: string | undefined;
  readonly replace?: string | undefined;
  /** How many times at most; 0 or less: every time. */
  readonly limit?: number | undefined;
}

/** `{"handler": "rewrite", "uri": "/new?{http.request.uri.query}", …}`. What is given is done in the order of the keys here. */
export interface RewriteConfig {
  readonly method?: string | undefined;
  readonly uri?: string | undefined;
  readonly strip_path_prefix?: string | undefined;
  readonly strip_path_suffix?: string | undefined;
  /** Replaces texts in path and query. */
  readonly uri_substring?: readonly SubstringConfig[] | undefined;
  /** Replaces what regular expressions (Go's syntax) find in the escaped path. */
  readonly path_regexp?:
    | readonly { readonly find?: string | undefined; readonly replace?: string | undefined }[]
    | undefined;
  readonly query?: QueryOperationsConfig | undefined;
}

const TEXT = z.optional(z.string());

const SCHEMA: z.ZodMiniType<RewriteConfig> = z.strictObject({
  method: TEXT,
  uri: TEXT,
  strip_path_prefix: TEXT,
  strip_path_suffix: TEXT,
  uri_substring: z.optional(z.array(z.strictObject({ find: TEXT, replace: TEXT, limit: z.optional(z.int()) }))),
  path_regexp: z.optional(z.array(z.strictObject({ find: TEXT, replace: TEXT }))),
  query: z.optional(QUERY_OPERATIONS),
});

/**
 * `http.handlers.rewrite`: changes method and URI of a request before the handlers behind it see them. Caddy's ways, with these differences: a path always begins
 * with a slash, what may not stand in a request line is escaped, affixes beyond ASCII are found, and escaped slashes and dots behind an affix stay escaped.
 */
export const rewrite: ModuleDefinition<RewriteConfig, HandlerInstance> = defineModule({
  id: "http.handlers.rewrite",
  schema: SCHEMA,
  provision(config: RewriteConfig, context): HandlerInstance {
    const changes = compileChanges(config, context);
    return {
      middleware: (next) => (exchange) => {
        for (const change of changes) change(exchange);
        return next(exchange);
      },
    };
  },
});

function compileChanges(config: RewriteConfig, context: ProvisionContext): UriChange[] {
  const { method = "", uri = "", strip_path_prefix: prefix = "", strip_path_suffix: suffix = "" } = config;
  return [
    ...(method === "" ? [] : [methodChange(method, context)]),
    ...(uri === "" ? [] : [compileUri(uri, context, ["uri"])]),
    ...(prefix === "" ? [] : [prefixChange(prefix, context)]),
    ...(suffix === "" ? [] : [suffixChange(suffix, context)]),
    ...(config.uri_substring ?? []).flatMap((entry, index) => substringChange(entry, context, index)),
    ...(config.path_regexp ?? []).flatMap((entry, index) => patternChange(entry, context, index)),
    ...(config.query === undefined ? [] : [compileQueryOperations(config.query, context, ["query"])]),
  ];
}

function methodChange(text: string, context: ProvisionContext): UriChange {
  const template = context.template(text, "method");
  return (exchange) => {
    const method = template.evaluate(exchange).toUpperCase();
    // A placeholder may bring in anything, and a request line has no room for that.
    if (method !== "" && !isFieldName(method)) throw new HandlerError(400, `${JSON.stringify(method)} is no method`);
    if (method !== "") exchange.method = method;
  };
}

function prefixChange(text: string, context: ProvisionContext): UriChange {
  const template = context.template(text, "strip_path_prefix");
  return (exchange) => {
    const affix = template.evaluate(exchange);
    const prefix = affix.startsWith("/") ? affix : `/${affix}`;
    changePath(exchange, (path) => withoutPrefix(cleanRequestPath(path, !prefix.includes("//")), prefix));
  };
}

function suffixChange(text: string, context: ProvisionContext): UriChange {
  const template = context.template(text, "strip_path_suffix");
  return (exchange) => {
    const suffix = template.evaluate(exchange);
    changePath(exchange, (path) => withoutSuffix(cleanRequestPath(path, !suffix.includes("//")), suffix));
  };
}

function substringChange(entry: SubstringConfig, context: ProvisionContext, index: number): UriChange[] {
  if (entry.find === undefined || entry.find === "") return [];
  const find = context.template(entry.find, "uri_substring", index, "find");
  const replace = context.template(entry.replace ?? "", "uri_substring", index, "replace");
  const limit = entry.limit !== undefined && entry.limit > 0 ? entry.limit : Number.POSITIVE_INFINITY;
  const merges = !entry.find.includes("//");
  return [
    (exchange) => {
      const searched = find.evaluate(exchange);
      if (searched === "") return;
      const change = (text: string): string => replaceText(text, searched, replace.evaluate(exchange), limit);
      changePath(exchange, (path) => change(cleanRequestPath(path, merges)));
      const { query } = exchange;
      const changed = change(query);
      if (changed !== query) exchange.query = sendableQuery(changed);
    },
  ];
}

function replaceText(text: string, find: string, replace: string, limit: number): string {
  let made = "";
  let from = 0;
  for (let count = 0; count < limit; count++) {
    const at = text.indexOf(find, from);
    if (at < 0) break;
    made += text.slice(from, at) + replace;
    from = at + find.length;
  }
  return made + text.slice(from);
}

function patternChange(
  entry: { readonly find?: string | undefined; readonly replace?: string | undefined },
  context: ProvisionContext,
  index: number,
): UriChange[] {
  if (entry.find === undefined || entry.find === "") return [];
  const pattern = configPattern(entry.find, context, ["path_regexp", index, "find"]);
  const replace = context.template(entry.replace ?? "", "path_regexp", index, "replace");
  return [(exchange) => changePath(exchange, (path) => replaceMatches(path, pattern, replace.evaluate(exchange)))];
}
