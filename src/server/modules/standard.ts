import { lazyModule, type ModuleDefinition } from "../module/index.ts";

/** The selection policies of `reverse_proxy`. */
const POLICIES = [
  "random",
  "first",
  "least_conn",
  "round_robin",
  "ip_hash",
  "client_ip_hash",
  "uri_hash",
  "random_choose",
  "weighted_round_robin",
  "header",
  "query",
  "cookie",
].map((name) => `http.reverse_proxy.selection_policies.${name}`);

/** Every module that comes with the server. Their code is a hundred files, of which a start reads those that its config names. */
export const standardModules: readonly ModuleDefinition[] = [
  lazyModule("http.matchers.client_ip", async () => (await import("./remote-ip/index.ts")).clientIp),
  lazyModule("http.matchers.header", async () => (await import("./header/index.ts")).header),
  lazyModule("http.matchers.header_regexp", async () => (await import("./header-regexp/index.ts")).headerRegexp),
  lazyModule("http.matchers.host", async () => (await import("./host/index.ts")).host),
  lazyModule("http.matchers.method", async () => (await import("./method/index.ts")).method),
  lazyModule("http.matchers.not", async () => (await import("./not/index.ts")).not),
  lazyModule("http.matchers.path", async () => (await import("./path/index.ts")).path),
  lazyModule("http.matchers.path_regexp", async () => (await import("./path-regexp/index.ts")).pathRegexp),
  lazyModule("http.matchers.protocol", async () => (await import("./protocol/index.ts")).protocol),
  lazyModule("http.matchers.query", async () => (await import("./query/index.ts")).query),
  lazyModule("http.matchers.remote_ip", async () => (await import("./remote-ip/index.ts")).remoteIp),
  lazyModule("http.matchers.vars", async () => (await import("./vars-matcher/index.ts")).varsMatcher),
  lazyModule("http.matchers.vars_regexp", async () => (await import("./vars-matcher/index.ts")).varsRegexpMatcher),
  lazyModule("http.handlers.error", async () => (await import("./error/index.ts")).error),
  lazyModule("http.handlers.file_server", async () => (await import("./file-server/index.ts")).fileServer),
  lazyModule("http.handlers.headers", async () => (await import("./headers/index.ts")).headers),
  lazyModule("http.handlers.reverse_proxy", async () => (await import("./reverse-proxy/index.ts")).reverseProxy),
  lazyModule("http.handlers.rewrite", async () => (await import("./rewrite/index.ts")).rewrite),
  lazyModule("http.handlers.static_response", async () => (await import("./static-response/index.ts")).staticResponse),
  lazyModule("http.handlers.subroute", async () => (await import("./subroute/index.ts")).subroute),
  lazyModule("http.handlers.vars", async () => (await import("./vars/index.ts")).vars),
  lazyModule("http.reverse_proxy.transport.http", async () => (await import("./reverse-proxy/index.ts")).httpTransport),
  ...POLICIES.map((id) => lazyModule(id, async () => selectionPolicy(id))),
] as readonly unknown[] as readonly ModuleDefinition[];

async function selectionPolicy(id: string): Promise<ModuleDefinition<never>> {
  const { selectionPolicies } = await import("./reverse-proxy/index.ts");
  const found = selectionPolicies.find((policy) => policy.id === id);
  if (found === undefined) throw new Error(`there is no selection policy ${id}`);
  return found;
}
