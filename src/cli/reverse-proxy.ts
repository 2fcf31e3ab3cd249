import { HANDLER_PATH, parseHeaderFlags, parseUpstream, parseWorkers, serverConfig } from "./config-of-command.ts";
import { serveCommand } from "./serve-command.ts";

/** The flags of `reverse-proxy`. */
export interface ReverseProxyFlags {
  readonly to: readonly string[];
  readonly from: string;
  readonly headerUp?: readonly string[];
  readonly headerDown?: readonly string[];
  readonly accessLog?: true;
  readonly workers?: string;
}

/** `netwright reverse-proxy`. */
export async function reverseProxy(options: ReverseProxyFlags): Promise<number> {
  const upstreams = options.to.map(parseUpstream);
  const handler: Record<string, unknown> = {
    handler: "reverse_proxy",
    upstreams: upstreams.map((dial) => ({ dial })),
  };
  if (upstreams.length > 1) handler["load_balancing"] = { selection_policy: { policy: "round_robin" } };
  const headers: Record<string, unknown> = {};
  if (options.headerUp !== undefined) headers["request"] = { set: parseHeaderFlags(options.headerUp, "--header-up") };
  if (options.headerDown !== undefined)
    headers["response"] = { set: parseHeaderFlags(options.headerDown, "--header-down") };
  if (Object.keys(headers).length > 0) handler["headers"] = headers;
  const config = serverConfig({
    listen: options.from,
    routes: [{ handle: [handler] }],
    accessLog: options.accessLog === true,
    workers: options.workers === undefined ? undefined : parseWorkers(options.workers),
  });
  return serveCommand({
    config,
    doing: `passing requests on to ${upstreams.join(", ")}`,
    listenFlag: "--from",
    flags: [
      { flag: "--to", path: [...HANDLER_PATH, "upstreams"] },
      { flag: "--header-up", path: [...HANDLER_PATH, "headers", "request"] },
      { flag: "--header-down", path: [...HANDLER_PATH, "headers", "response"] },
    ],
  });
}
