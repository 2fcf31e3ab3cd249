import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerProcess } from "../e2e/server-process.ts";
import { peer } from "../peers.ts";
import { CASES as OTHER_CASES, type OracleCase } from "./cases.ts";
import { exchangeBytes, type WireResponse } from "./exchange-bytes.ts";
import { PROXY_CASES } from "./proxy-cases.ts";
import { Upstreams } from "./upstream.ts";

// Caddy settles what a config means: both servers get every case's routes on a port of their own, and must answer alike.

const FILES: Readonly<Record<string, string>> = {
  "index.html": "<p>index</p>",
  "page.txt": "0123456789",
  "dir/index.html": "<p>dir</p>",
  "a.secret": "secret",
  "hidden/x": "hidden",
  "sp ace.txt": "space",
  empty: "",
  "data.json": "{}",
  "style.css": "p{}",
  "x.js": "1",
  "img.svg": "<svg/>",
  "noindex/other.txt": "other",
  noext: "plain text",
};

const CASES: readonly OracleCase[] = [...OTHER_CASES, ...PROXY_CASES];
const caddy = peer("caddy");
const upstreams = new Upstreams();
let folder = "";
let ours: ServerProcess | undefined;
let theirs: Bun.Subprocess | undefined;
const ports = new Map<string, { ours: number; theirs: number }>();

async function writeFiles(root: string): Promise<void> {
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(root, name);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, text);
    await utimes(file, 1_700_000_000, 1_700_000_000);
  }
}

/** Ports on which nothing listened a moment ago, none of them twice. */
function freePorts(count: number): number[] {
  const probes = Array.from({ length: count }, () =>
    Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } }),
  );
  for (const probe of probes) probe.stop(true);
  return probes.map(({ port }) => port);
}

/** The config for one of the two; `words` stand for folders and addresses that are known only now. */
function configOf(which: "ours" | "theirs", words: Readonly<Record<string, string>>): string {
  const servers: Record<string, unknown> = {};
  for (const [index, { name, routes, errors }] of CASES.entries()) {
    servers[`case${index}`] = {
      listen: [`127.0.0.1:${ports.get(name)![which]}`],
      automatic_https: { disable: true },
      routes,
      ...(errors === undefined ? undefined : { errors: { routes: errors } }),
    };
  }
  const logging = { logs: { default: { writer: { output: "discard" } } } };
  const config = {
    admin: { disabled: true },
    ...(which === "theirs" ? { logging } : undefined),
    apps: { http: { servers } },
  };
  let text = JSON.stringify(config);
  for (const [word, meant] of Object.entries(words)) text = text.replaceAll(word, meant);
  return text;
}

async function untilAnswers(port: number): Promise<void> {
  for (;;) {
    try {
      await exchangeBytes(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      return;
    } catch {
      await Bun.sleep(20);
    }
  }
}

function requestBytes(text: string): string {
  const [head = "", body = ""] = text.split(/\r\n\r\n(.*)/s);
  const [line = "", ...fields] = head.split("\r\n");
  const host = fields.some((field) => /^host:/i.test(field)) ? [] : ["Host: example.test"];
  return `${[`${line} HTTP/1.1`, ...host, ...fields, "Connection: close"].join("\r\n")}\r\n\r\n${body}`;
}

/** What must be the same: the status, the body, and the fields that a case names. */
function shape(response: WireResponse, names: readonly string[]): Record<string, unknown> {
  const wanted = ["content-type", "location", ...names];
  const fields = response.fields.filter(([name]) => wanted.includes(name)).map(([name, value]) => `${name}: ${value}`);
  return { status: response.status, fields: fields.sort(), body: response.body };
}

describe.skipIf(!caddy.available)(`the same answers as Caddy${caddy.skipped}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "netwright-oracle-"));
    const root = join(folder, "root");
    await writeFiles(root);
    const words = { ROOT: root, ...(await upstreams.start()) };
    const free = freePorts(2 * CASES.length);
    for (const { name } of CASES) ports.set(name, { ours: free.pop()!, theirs: free.pop()! });
    await writeFile(join(folder, "ours.json"), configOf("ours", words));
    await writeFile(join(folder, "theirs.json"), configOf("theirs", words));
    ours = new ServerProcess(["run", "--config", join(folder, "ours.json")]);
    theirs = Bun.spawn([caddy.path, "run", "--config", join(folder, "theirs.json")], {
      stdout: "ignore",
      stderr: "ignore",
      env: { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
    await ours.says(/serving/);
    await untilAnswers(ports.get(CASES[0]!.name)!.theirs);
  }, 30_000);

  afterAll(async () => {
    ours?.kill("SIGKILL");
    theirs?.kill("SIGKILL");
    await theirs?.exited;
    upstreams[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  for (const each of CASES) {
    test(each.name, async () => {
      for (const request of each.requests) await compare(each, request);
    });
  }

  async function compare(each: OracleCase, request: string): Promise<void> {
    const port = ports.get(each.name)!;
    const bytes = requestBytes(request);
    const mine = shape(await exchangeBytes(port.ours, bytes), each.fields ?? []);
    const caddys = shape(await exchangeBytes(port.theirs, bytes), each.fields ?? []);
    expect({ request, ...mine }).toEqual({ request, ...caddys });
  }
});
