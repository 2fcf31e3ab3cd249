import { join } from "node:path";
import type { ContestantSpec } from "../contestant.ts";
import { LOAD_CORE } from "../load.ts";

const ROOT = join(import.meta.dir, "../..");
const BUN = join(ROOT, "node_modules/.bin/bun");
const NETWRIGHT = join(ROOT, "bin/netwright");

/** The text that every hello answers. */
export const HELLO = "Hello, World!";

/** What a server is set up to do. `upstream`: the port of the back end; `root`: the folder of the static files. */
export type Work =
  | { readonly kind: "hello"; readonly accessLog: boolean }
  | { readonly kind: "proxy"; readonly upstream: number }
  | { readonly kind: "static"; readonly root: string };

/** Whoever can do a kind of work, by name, in the order of the table. */
export const SERVERS: Readonly<Record<string, (work: Work, port: number) => ContestantSpec | undefined>> = {
  netwright,
  nginx,
  caddy,
  haproxy,
  "Bun.serve": bunServe,
};

/** The back end of the proxies: the same nginx for all of them, on the load generator's core. */
export function backEnd(port: number): ContestantSpec {
  return { ...nginx({ kind: "hello", accessLog: false }, port), name: "back end", core: LOAD_CORE };
}

function netwright(work: Work, port: number): ContestantSpec {
  const config = caddyConfig(work, port);
  return {
    name: "netwright",
    port,
    files: { "config.json": JSON.stringify({ workers: 1, ...config }) },
    command: [NETWRIGHT, "run", "--config", "{dir}/config.json"],
    path: probePath(work),
  };
}

function caddy(work: Work, port: number): ContestantSpec {
  return {
    name: "caddy",
    port,
    files: { "config.json": JSON.stringify(caddyConfig(work, port)) },
    command: ["caddy", "run", "--config", "{dir}/config.json"],
    path: probePath(work),
  };
}

function probePath(work: Work): string {
  return work.kind === "static" ? "/1k.bin" : "/";
}

/** One config for both: that is the point. */
function caddyConfig(work: Work, port: number): Record<string, unknown> {
  const accessLog = work.kind === "hello" && work.accessLog;
  const server: Record<string, unknown> = {
    listen: [`127.0.0.1:${port}`],
    automatic_https: { disable: true },
    routes: [{ handle: [caddyHandler(work)] }],
  };
  if (accessLog) server["logs"] = {};
  const writer = accessLog ? { output: "file", filename: "{dir}/access.log" } : { output: "discard" };
  return {
    admin: { disabled: true },
    logging: { logs: { default: { writer, encoder: { format: "json" } } } },
    apps: { http: { servers: { bench: server } } },
  };
}

function caddyHandler(work: Work): Record<string, unknown> {
  if (work.kind === "hello") {
    return { handler: "static_response", headers: { "Content-Type": ["text/plain"] }, body: HELLO };
  }
  if (work.kind === "proxy") return { handler: "reverse_proxy", upstreams: [{ dial: `127.0.0.1:${work.upstream}` }] };
  return { handler: "file_server", root: work.root };
}

const NGINX_JSON_LOG =
  `log_format json escape=json '{"ts":$msec,"logger":"http.log.access","request":{"remote_ip":"$remote_addr",
"remote_port":"$remote_port","proto":"$server_protocol","method":"$request_method","host":"$host","uri":"$request_uri",
"headers":{"User-Agent":["$http_user_agent"],"Accept":["$http_accept"],"Accept-Encoding":["$http_accept_encoding"],"Cookie":["REDACTED"],
"Referer":["$http_referer"]}},"bytes_read":$request_length,"duration":$request_time,"size":$body_bytes_sent,"status":$status,
"resp_headers":{"Content-Type":["$sent_http_content_type"]}}';`.replaceAll("\n", "");

function nginx(work: Work, port: number): ContestantSpec {
  const accessLog = work.kind === "hello" && work.accessLog;
  const location =
    work.kind === "hello"
      ? `location / { default_type text/plain; return 200 "${HELLO}"; }`
      : work.kind === "proxy"
        ? `location / { proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection "";
             proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
             proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host; }`
        : `location / { root ${work.root}; }`;
  const upstream =
    work.kind === "proxy"
      ? `upstream upstream { server 127.0.0.1:${work.upstream}; keepalive 128; keepalive_requests 100000000; }`
      : "";
  return {
    name: "nginx",
    port,
    path: probePath(work),
    files: {
      "nginx.conf": `daemon off; master_process on; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/error.log warn;
user root; worker_rlimit_nofile 65536;
events { worker_connections 20000; }
http {
  ${NGINX_JSON_LOG}
  access_log ${accessLog ? "{dir}/access.log json" : "off"};
  sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_timeout 300; keepalive_requests 100000000; default_type application/octet-stream;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  ${upstream}
  server { listen 127.0.0.1:${port} backlog=4096; ${location} }
}
`,
    },
    command: ["nginx", "-e", "{dir}/start.log", "-c", "{dir}/nginx.conf"],
  };
}

function haproxy(work: Work, port: number): ContestantSpec | undefined {
  if (work.kind === "static" || (work.kind === "hello" && work.accessLog)) return undefined;
  const behind =
    work.kind === "hello"
      ? `http-request return status 200 content-type text/plain string "${HELLO}"`
      : "option forwardfor\n  http-request set-header X-Forwarded-Proto http\n  http-request set-header X-Forwarded-Host %[req.hdr(host)]\n  default_backend upstream";
  const upstream =
    work.kind === "proxy" ? `backend upstream\n  http-reuse always\n  server one 127.0.0.1:${work.upstream}\n` : "";
  return {
    name: "haproxy",
    port,
    files: {
      "haproxy.cfg": `global
  nbthread 1
  maxconn 9000
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
frontend web
  bind 127.0.0.1:${port}
  ${behind}
${upstream}`,
    },
    command: ["haproxy", "-db", "-f", "{dir}/haproxy.cfg"],
  };
}

function bunServe(work: Work, port: number): ContestantSpec | undefined {
  if (work.kind === "hello" && work.accessLog) return undefined;
  const answer =
    work.kind === "hello"
      ? `new Response(${JSON.stringify(HELLO)})`
      : work.kind === "proxy"
        ? `fetch("http://127.0.0.1:${work.upstream}" + new URL(request.url).pathname, { headers: request.headers })`
        : `new Response(Bun.file(${JSON.stringify(work.root)} + new URL(request.url).pathname))`;
  return {
    name: "Bun.serve",
    port,
    path: probePath(work),
    files: { "serve.ts": `Bun.serve({ hostname: "127.0.0.1", port: ${port}, fetch: (request) => ${answer} });` },
    command: [BUN, "{dir}/serve.ts"],
  };
}
