import { join } from "node:path";
import type { ContestantSpec } from "../contestant.ts";
import { LOAD_CORE } from "../load.ts";

const ROOT = join(import.meta.dir, "../..");
const BUN = join(ROOT, "node_modules/.bin/bun");
const NETWRIGHT = join(ROOT, "bin/netwright");

/** What is relayed to where. `ready`: how a UDP relay is found to be up, as it answers no HTTP. */
export interface RelayWork {
  readonly network: "tcp" | "udp";
  readonly target: number;
  readonly ready?: () => Promise<void>;
}

/** Whoever can do a kind of work, by name, in the order of the table. */
export const RELAYS: Readonly<Record<string, (work: RelayWork, port: number) => ContestantSpec | undefined>> = {
  netwright: (work, port) => netwright(work, port),
  "netwright, runtime": (work, port) => (work.network === "udp" ? undefined : netwright(work, port, "runtime")),
  nginx,
  haproxy,
};

/** `engine`: what streams are passed on by, if not the best that there is. */
function netwright({ network, target, ready }: RelayWork, port: number, engine?: string): ContestantSpec {
  const ends = [port, target].map((end) => `${network}/127.0.0.1:${end}`);
  const flags = ["--idle", "10m", "--engine", engine ?? "auto"];
  const name = engine === undefined ? "netwright" : `netwright, ${engine}`;
  return { name, port, ready, files: {}, command: [NETWRIGHT, "relay", ...flags, ...ends] };
}

/** Debian has nginx's stream in a module of its own. */
const STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";

function nginx({ network, target, ready }: RelayWork, port: number): ContestantSpec {
  const listen = network === "udp" ? `${port} udp` : `${port} backlog=4096`;
  return {
    name: "nginx",
    port,
    ready,
    files: {
      "nginx.conf": `load_module ${STREAM_MODULE};
daemon off; master_process on; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/error.log warn; user root; worker_rlimit_nofile 65536;
events { worker_connections 20000; }
stream { access_log off; server { listen 127.0.0.1:${listen}; proxy_pass 127.0.0.1:${target}; proxy_timeout 10m; } }
`,
    },
    command: ["nginx", "-e", "{dir}/start.log", "-c", "{dir}/nginx.conf"],
  };
}

function haproxy({ network, target }: RelayWork, port: number): ContestantSpec | undefined {
  if (network === "udp") return undefined;
  return {
    name: "haproxy",
    port,
    files: {
      "haproxy.cfg": `global
  nbthread 1
  maxconn 9000
defaults
  mode tcp
  timeout connect 5s
  timeout client 600s
  timeout server 600s
listen relay
  bind 127.0.0.1:${port}
  server one 127.0.0.1:${target}
`,
    },
    command: ["haproxy", "-db", "-f", "{dir}/haproxy.cfg"],
  };
}

/** What the TCP relays stand before: the same nginx for all of them, on the load generator's core. */
export function webServer(root: string, port: number): ContestantSpec {
  return {
    name: "back end",
    port,
    core: LOAD_CORE,
    files: {
      "nginx.conf": `daemon off; master_process on; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/error.log warn; user root; worker_rlimit_nofile 65536;
events { worker_connections 20000; }
http {
  access_log off; sendfile on; tcp_nodelay on; keepalive_timeout 300; keepalive_requests 100000000;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = / { default_type text/plain; return 200 "Hello, World!"; }
    location / { root ${root}; }
  }
}
`,
    },
    command: ["nginx", "-e", "{dir}/start.log", "-c", "{dir}/nginx.conf"],
  };
}

/** What the UDP relays stand before: it sends every packet back. */
export function packetServer(port: number, ready: () => Promise<void>): ContestantSpec {
  const script = join(import.meta.dir, "packet-echo.ts");
  return { name: "echo", port, ready, core: LOAD_CORE, files: {}, command: [BUN, script, String(port)] };
}
