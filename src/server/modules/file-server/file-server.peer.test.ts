import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exchangeBytes, type WireResponse } from "../../../../test/oracle/exchange-bytes.ts";
import { peer } from "../../../../test/peers.ts";
import { AddrPort } from "../../../addr/index.ts";
import { realClock, realRandom } from "../../../clock/index.ts";
import { type HttpServer, serveExchanges } from "../../../http/server/index.ts";
import { type Endpoint, listen } from "../../../net/index.ts";
import { bindHandler, compileTemplate, type ProvisionContext, UsagePool } from "../../module/index.ts";
import { fileServer } from "./file-server.ts";

// Caddy is asked the same as we are, of the same folder. Where we differ on purpose, file-server.test.ts says so.

const FILES: Readonly<Record<string, string>> = {
  "index.html": "<p>index</p>",
  "page.txt": "0123456789",
  "dir/index.html": "<p>dir</p>",
  "txt/index.txt": "txt",
  "noindex/other.txt": "other",
  "dirindex/index.html/x": "x",
  ".dotfile": "dot",
  ".dot/file": "dot",
  "a.secret": "secret",
  "hidden/x": "hidden",
  hiddenx: "not hidden",
  "sp ace.txt": "space",
  "100%.txt": "percent",
  "a%41": "escaped",
  "b\\s.txt": "backslash",
  "q?x.txt": "question",
  "€.txt": "euro",
  empty: "",
  noext: "plain text",
  "large.bin": "0123456789".repeat(20_000),
};

const PATHS =
  `/ /page.txt /page.txt/ /dir /dir?q=1 /dir/ /txt/ //dir /x/..//dir /dir%2f /dir%2findex.html /dir%2findex.html/ /noindex/ /noindex /none
/a.secret /hidden/x /hidden /hiddenx /.dot/file /.dotfile /page.txt/x /a\\..\\b /b%5cs.txt /..%2f..%2fetc/passwd /../../etc/passwd /%2e%2e/%2e%2e/etc/passwd
/100%25.txt /a%2541 /a%41 /q%3fx.txt /%e2%82%ac.txt /sp%20ace.txt /in /absolute /empty /noext /dirindex/ /dirindex /page.txt?a/ /index.html /index.html/ /dir/. /dir/..
/page.txt/. /page.txt/.. /page.txt%2f //page.txt //page.txt/ ///dir /large.bin /large.bin/`.split(/\s+/);

const RANGES = [
  ..."0-3 -3 -30 4- 99- 10- 9- x 3-1 0-1,3-4 0-1,99- 98-,99- 0-9 0-1,0-1,0-1,0-1,0-1,0-0".split(" "),
  "",
  ",",
  " 0 - 1",
  "0-1, ,3-4,",
];

const CONDITIONS = [
  "If-None-Match: *",
  'If-None-Match: "nope"',
  'If-None-Match: "a", W/"b" , "c"',
  "If-None-Match: nope",
  "If-None-Match:",
  'If-Match: "nope"',
  "If-Match: *",
  "If-Match:",
  ...["Fri, 01 Jan 2100 00:00:00 GMT", "Tue, 14 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:13:19 GMT"].flatMap(
    (date) => [`If-Modified-Since: ${date}`, `If-Unmodified-Since: ${date}`, `If-Range: ${date}\nRange: bytes=0-1`],
  ),
  "If-Modified-Since: Tuesday, 14-Nov-23 22:13:20 GMT",
  "If-Modified-Since: Tue Nov 14 22:13:20 2023",
  "If-Modified-Since: x",
  'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\nIf-None-Match: "x"',
  "If-Match: *\nIf-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
  "If-None-Match: *\nRange: bytes=0-1",
  "If-Match: *\nIf-None-Match: *",
  'If-Range: "nope"\nRange: bytes=0-1',
  "If-Range: garbage\nRange: bytes=0-1",
];

const REQUESTS = [
  ...PATHS.flatMap((path) => [`GET ${path}`, `HEAD ${path}`, `POST ${path}\nContent-Length: 0`]),
  ...["page.txt", "large.bin", "noext"].flatMap((file) => RANGES.map((range) => `GET /${file}\nRange: bytes=${range}`)),
  ...["page.txt", "large.bin"].flatMap((file) => CONDITIONS.map((condition) => `GET /${file}\n${condition}`)),
  ...CONDITIONS.map((condition) => `HEAD /page.txt\n${condition}`),
];

const caddy = peer("caddy");
let folder = "";
let server: HttpServer;
let ours = 0;
let theirs = 0;
let child: Bun.Subprocess | undefined;

describe.skipIf(!caddy.available)(`file_server answers as Caddy's does${caddy.skipped}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "netwright-files-"));
    const config = { root: makeRoot(), hide: ["*.secret", join(folder, "root/hidden")] };
    server = await serveOurs(config);
    ours = portOf(server.local);
    theirs = await freePort();
    child = startCaddy(config);
    await untilAnswers(theirs);
  }, 30_000);

  afterAll(async () => {
    await server.close();
    child?.kill("SIGKILL");
    await child?.exited;
    rmSync(folder, { recursive: true });
  });

  test(`to ${REQUESTS.length} requests`, async () => {
    for (const request of REQUESTS) {
      const mine = shape(await exchangeBytes(ours, requestBytes(request)));
      expect([request, mine]).toEqual([request, shape(await exchangeBytes(theirs, requestBytes(request)))]);
    }
  }, 60_000);
});

function makeRoot(): string {
  const root = join(folder, "root");
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(root, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
  }
  symlinkSync("page.txt", join(root, "in"));
  symlinkSync(join(root, "page.txt"), join(root, "absolute"));
  return root;
}

async function serveOurs(config: { readonly root: string; readonly hide: readonly string[] }): Promise<HttpServer> {
  const context = {
    path: [],
    clock: realClock,
    random: realRandom,
    usage: new UsagePool(),
    baseDir: folder,
    template: (text: string) => compileTemplate(text),
  } as unknown as ProvisionContext;
  const instance = await fileServer.provision(config, context);
  const next = bindHandler(instance, () => undefined);
  return serveExchanges(await listen("tcp", "127.0.0.1:0"), next, { onError: () => undefined });
}

function startCaddy(handler: object): Bun.Subprocess {
  const route = { handle: [{ handler: "file_server", ...handler }] };
  const site = { listen: [`127.0.0.1:${theirs}`], automatic_https: { disable: true }, routes: [route] };
  const config = {
    admin: { disabled: true },
    logging: { logs: { default: { writer: { output: "discard" } } } },
    apps: { http: { servers: { site } } },
  };
  writeFileSync(join(folder, "caddy.json"), JSON.stringify(config));
  return Bun.spawn([caddy.path, "run", "--config", join(folder, "caddy.json")], {
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
}

/** A port on which nothing listened a moment ago. */
async function freePort(): Promise<number> {
  const probe = await listen("tcp", "127.0.0.1:0");
  const { local } = probe;
  await probe.close();
  return portOf(local);
}

function portOf(local: Endpoint): number {
  if (local instanceof AddrPort) return local.port;
  throw new Error(`${local.toString()} is no port`);
}

async function untilAnswers(port: number): Promise<void> {
  for (;;) {
    try {
      await exchangeBytes(port, requestBytes("GET /"));
      return;
    } catch {
      await Bun.sleep(20);
    }
  }
}

function requestBytes(text: string): string {
  const [line = "", ...fields] = text.split("\n");
  return `${[`${line} HTTP/1.1`, "Host: a.test", "Connection: close", ...fields].join("\r\n")}\r\n\r\n`;
}

/** What is each server's own, and Vary, which Caddy sends although it compresses nothing here. */
const OWN = new Set(["server", "date", "connection", "vary", "transfer-encoding"]);

/** What must be the same. Boundaries are chosen, and where there is no file Caddy does not tell HEAD a length. */
function shape(response: WireResponse): unknown {
  const boundary = /boundary=(\S+)/.exec(response.fields.find(([name]) => name === "content-type")?.[1] ?? "")?.[1];
  const plain = (text: string): string => (boundary === undefined ? text : text.replaceAll(boundary, "BOUNDARY"));
  const ownLength = boundary !== undefined || response.status >= 300;
  const fields = response.fields
    .filter(([name]) => !OWN.has(name) && !(ownLength && name === "content-length"))
    .map(([name, value]) => `${name}: ${plain(value)}`);
  // A part of a file without a type has a Content-Type in Caddy, an empty one.
  return {
    status: response.status,
    fields: fields.sort(),
    body: plain(response.body).replaceAll("Content-Type: \r\n", ""),
  };
}
