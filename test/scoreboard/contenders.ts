import { join } from "node:path";
import { type Contestant, freePort, startContestant } from "../../bench/contestant.ts";

const ROOT = join(import.meta.dir, "../..");
const NETWRIGHT = join(ROOT, "bin/netwright");

/** What a server is set up to do. */
export interface SetUp {
  /** The folder of files behind `/`; or else `upstream` says where everything goes. */
  readonly root?: string;
  /** The ports of back ends on 127.0.0.1. */
  readonly upstreams?: readonly number[];
  readonly workers?: number;
  /** The most descriptors that each of its processes may have. */
  readonly descriptors?: number;
  /** A path that it answers with 2xx (default "/"). */
  readonly probe?: string;
}

/** A server that the scoreboard compares. */
export interface Contender {
  readonly name: string;
  /** Whether it replaces a worker that died. */
  readonly replacesWorkers: boolean;
  start(setUp: SetUp): Promise<Contestant>;
}

/** Ours first, then the others in the order of the columns. */
export const CONTENDERS: readonly Contender[] = [
  { name: "netwright", replacesWorkers: true, start: async (setUp) => launch("netwright", setUp, netwright) },
  { name: "nginx", replacesWorkers: true, start: async (setUp) => launch("nginx", setUp, nginx) },
  { name: "caddy", replacesWorkers: false, start: async (setUp) => launch("caddy", setUp, caddy) },
];

interface Launch {
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

async function launch(name: string, setUp: SetUp, made: (setUp: SetUp, port: number) => Launch): Promise<Contestant> {
  const port = await freePort();
  const { files, command } = made(setUp, port);
  return startContestant({ name, port, files, command: limited(command, setUp), path: setUp.probe ?? "/" });
}

function limited(command: readonly string[], { descriptors }: SetUp): readonly string[] {
  if (descriptors === undefined) return command;
  return ["bash", "-c", `ulimit -n ${descriptors}; exec "$@"`, "limited", ...command];
}

function netwright(setUp: SetUp, port: number): Launch {
  const config = { workers: setUp.workers ?? 1, ...caddyConfig(setUp, port) };
  return {
    files: { "config.json": JSON.stringify(config) },
    command: [NETWRIGHT, "run", "--config", "{dir}/config.json"],
  };
}

function caddy(setUp: SetUp, port: number): Launch {
  return {
    files: { "config.json": JSON.stringify(caddyConfig(setUp, port)) },
    command: ["caddy", "run", "--config", "{dir}/config.json"],
  };
}

function caddyConfig({ root, upstreams }: SetUp, port: number): Record<string, unknown> {
  const handler =
    root === undefined
      ? { handler: "reverse_proxy", upstreams: (upstreams ?? []).map((to) => ({ dial: `127.0.0.1:${to}` })) }
      : { handler: "file_server", root };
  return {
    admin: { disabled: true },
    logging: { logs: { default: { writer: { output: "discard" } } } },
    apps: {
      http: {
        servers: {
          scoreboard: {
            listen: [`127.0.0.1:${port}`],
            automatic_https: { disable: true },
            routes: [{ handle: [handler] }],
          },
        },
      },
    },
  };
}

function nginx(setUp: SetUp, port: number): Launch {
  const { root, upstreams, workers } = setUp;
  const servers = (upstreams ?? []).map((to) => `server 127.0.0.1:${to};`).join(" ");
  const location =
    root === undefined
      ? `proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off;`
      : `root ${root};`;
  // Nobody sets nginx's connections above its descriptors, so that the limit is met where others meet it too.
  const limit = setUp.descriptors === undefined ? "worker_rlimit_nofile 20000;" : "";
  const connections = setUp.descriptors ?? 20_000;
  return {
    files: {
      "nginx.conf": `daemon off; master_process on; worker_processes ${workers ?? 1}; pid {dir}/nginx.pid;
error_log {dir}/error.log crit; user root; ${limit}
events { worker_connections ${connections}; }
http {
  access_log off; sendfile on; keepalive_requests 100000000; keepalive_timeout 300; default_type application/octet-stream;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u;
  scgi_temp_path {dir}/s;
  ${servers === "" ? "" : `upstream behind { ${servers} keepalive 64; }`}
  server { listen 127.0.0.1:${port} backlog=4096; client_max_body_size 0; location / { ${location} } }
}
`,
    },
    command: ["nginx", "-e", "{dir}/start.log", "-c", "{dir}/nginx.conf"],
  };
}
