import { formatListenAddress, type ListenAddress, parseListenAddress } from "../../config/index.ts";
import { ConfigError, type ConfigPath, type ModuleDefinition, type ProvisionContext } from "../../module/index.ts";
import type { App, AppHost } from "../app.ts";
import { AppServer, endOfErrorRoutes, endOfRoutes, type ServerParts } from "./app-server.ts";
import { HTTP_SCHEMA, type HttpConfig, PLANNED_HTTP_KEYS, type ServerConfig } from "./server-config.ts";
import { wantedHosts } from "./wanted-hosts.ts";

/** How long connections get to finish when no `grace_period` is set. Caddy waits for ever; a service manager does not. */
const DEFAULT_GRACE_MS = 10_000;

/** `apps.http`: HTTP servers made of routes. */
export function httpApp(host: AppHost): ModuleDefinition<HttpConfig, App> {
  return {
    id: "http",
    schema: HTTP_SCHEMA,
    planned: PLANNED_HTTP_KEYS,
    provision: async (config, context) => {
      const servers: ServerParts[] = [];
      for (const [name, server] of Object.entries(config.servers ?? {})) {
        servers.push(await provisionServer(name, server, config, context));
      }
      refuseSharedAddresses(servers, context);
      return new HttpApp(servers, config, host);
    },
  };
}

class HttpApp implements App {
  readonly addresses: readonly ListenAddress[];
  private readonly servers: readonly AppServer[];
  private readonly graceMs: number;

  constructor(servers: readonly ServerParts[], config: HttpConfig, host: AppHost) {
    this.addresses = servers.flatMap((server) => server.addresses);
    this.servers = servers.map((server) => new AppServer(server, host));
    this.graceMs = config.grace_period ?? DEFAULT_GRACE_MS;
  }

  async start(): Promise<void> {
    for (const server of this.servers) await server.start();
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop(Math.min(graceMs, this.graceMs))));
  }

  async cleanup(): Promise<void> {
    await this.stop(0);
  }
}

async function provisionServer(
  name: string,
  config: ServerConfig,
  app: HttpConfig,
  context: ProvisionContext,
): Promise<ServerParts> {
  const at = ["servers", name] as const;
  const addresses = listenAddresses(config, context, at);
  checkProtocols(config.protocols ?? ["h1"], [...context.path, ...at, "protocols"]);
  warnOfHttps(name, config, app, addresses, context);
  const routes = await context.compileRoutes(config.routes ?? [], ...at, "routes");
  const errors = config.errors?.routes;
  const compiled = errors && (await context.compileRoutes(errors, ...at, "errors", "routes"));
  return {
    name,
    config,
    addresses,
    routes: routes(endOfRoutes),
    errorRoutes: compiled?.(endOfErrorRoutes),
    clock: context.clock,
  };
}

/** HTTP/2 and HTTP/3 need TLS, so that naming them asks for nothing while there is none; h2c does not. */
function checkProtocols(protocols: readonly string[], path: ConfigPath): void {
  if (!protocols.includes("h1")) {
    throw new ConfigError(path, "only h1 is spoken here yet", { hint: 'add "h1", or leave protocols out' });
  }
  const clear = protocols.indexOf("h2c");
  if (clear >= 0)
    throw new ConfigError([...path, clear], "h2c is known to Caddy, but not built here yet", { hint: "remove it" });
}

function listenAddresses(
  config: ServerConfig,
  context: ProvisionContext,
  at: readonly [string, string],
): ListenAddress[] {
  const path = [...context.path, ...at];
  if (config.listen === undefined || config.listen.length === 0) {
    throw new ConfigError(path, "has no listen address", { hint: 'add one, such as "listen": [":8080"]' });
  }
  return config.listen.flatMap((text, i) => parseListenAddress(text, [...path, "listen", i]));
}

/** Says what is served in plain that Caddy would serve by HTTPS. */
function warnOfHttps(
  name: string,
  config: ServerConfig,
  app: HttpConfig,
  addresses: readonly ListenAddress[],
  context: ProvisionContext,
): void {
  const { automatic_https: automatic = {} } = config;
  if (automatic.disable === true) return;
  const ports = addresses.map((address) => (address.network === "unix" ? undefined : address.port));
  if (ports.every((port) => port === undefined || port === (app.http_port ?? 80))) return;
  const skipped = [...(automatic.skip ?? []), ...(automatic.skip_certificates ?? [])];
  const certain = automatic.disable_certificates === true ? [] : wantedHosts(config.routes ?? []);
  const hosts = certain.filter((host) => !skipped.includes(host));
  if (hosts.length > 0) {
    context.warn(`${hosts.join(", ")} would get certificates and HTTPS by Caddy; ${PLAIN}`, "servers", name);
  } else if (ports.every((port) => port === (app.https_port ?? 443))) {
    context.warn(`port ${ports[0]} would be served by HTTPS by Caddy; ${PLAIN}`, "servers", name);
  }
}

const PLAIN =
  'TLS is not built yet, so plain HTTP is served. Set "automatic_https": {"disable": true} to say that this is meant';

function refuseSharedAddresses(servers: readonly ServerParts[], context: ProvisionContext): void {
  const owners = new Map<string, string>();
  for (const server of servers) {
    for (const address of server.addresses) {
      const text = formatListenAddress(address);
      const owner = owners.get(text);
      if (owner !== undefined) {
        throw new ConfigError(
          [...context.path, "servers", server.name, "listen"],
          owner === server.name
            ? `${text} stands here twice`
            : `${text} is listened on by server ${JSON.stringify(owner)} already`,
          { hint: "give each address to one server, and tell hosts apart by matchers" },
        );
      }
      owners.set(text, server.name);
    }
  }
}
