import { formatListenAddress, type ListenAddress, parseListenAddress } from "../../config/index.ts";
import { ConfigError, type ModuleDefinition, type ProvisionContext } from "../../module/index.ts";
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
  if (config.protocols !== undefined && !config.protocols.includes("h1")) {
    throw new ConfigError([...context.path, ...at, "protocols"], "only h1 is spoken here yet", {
      hint: 'add "h1", or leave protocols out',
    });
  }
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

/** Says that hosts get no certificates, which Caddy would get for them. */
function warnOfHttps(
  name: string,
  config: ServerConfig,
  app: HttpConfig,
  addresses: readonly ListenAddress[],
  context: ProvisionContext,
): void {
  if (config.automatic_https?.disable === true) return;
  const httpPort = app.http_port ?? 80;
  if (addresses.every((address) => address.network === "unix" || address.port === httpPort)) return;
  const hosts = wantedHosts(config.routes ?? []);
  if (hosts.length === 0) return;
  context.warn(
    `${hosts.join(", ")} would get certificates and HTTPS by Caddy; TLS is not built yet, so plain HTTP is served. ` +
      `Set "automatic_https": {"disable": true} to say that this is meant`,
    "servers",
    name,
  );
}

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
