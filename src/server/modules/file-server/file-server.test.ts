import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exchangeBytes, type WireResponse } from "../../../../test/oracle/exchange-bytes.ts";
import { AddrPort } from "../../../addr/index.ts";
import { realClock, realRandom } from "../../../clock/index.ts";
import { type Exchange, HandlerError, type Next } from "../../../http/message/index.ts";
import { type HttpServer, serveExchanges } from "../../../http/server/index.ts";
import { listen } from "../../../net/index.ts";
import {
  bindHandler,
  compileTemplate,
  decode,
  ERROR_VAR,
  type ProvisionContext,
  UsagePool,
} from "../../module/index.ts";
import type { FileServerConfig } from "./config.ts";
import { fileServer } from "./file-server.ts";

const LARGE = 300_000;
const MODIFIED = 1_700_000_000;
let folder = "";
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netwright-files-"));
  const files = {
    "page.txt": "0123456789",
    "dir/index.html": "<p>dir</p>",
    "sp dir/index.html": "<p>sp</p>",
    "dir/sub/x": "x",
    "other/page.txt": "other",
    "100%.txt": "percent",
    "a%41": "escaped",
    empty: "",
    noext: "plain text",
    "middle.bin": Buffer.alloc(20_000, "m").toString(),
    "large.bin": Array.from({ length: LARGE / 10 }, (_, i) => String(i).padStart(10, "0")).join(""),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, MODIFIED, MODIFIED);
  }
});

afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
  rmSync(folder, { recursive: true });
});

/** What a test's site may do besides serving files. */
interface SiteOptions {
  readonly before?: (exchange: Exchange) => void;
  readonly behind?: Next;
  readonly onError?: Next;
}

interface Site {
  readonly port: number;
  readonly warnings: readonly string[];
  ask(request: string): Promise<WireResponse>;
}

async function provision(
  config: unknown,
  warnings: string[] = [],
  usage = new UsagePool(),
): Promise<(behind: Next) => Next> {
  const context = {
    path: ["handler"],
    clock: realClock,
    random: realRandom,
    usage,
    baseDir: folder,
    template: (text: string) => compileTemplate(text),
    warn: (message: string) => warnings.push(message),
  } as unknown as ProvisionContext;
  const decoded: FileServerConfig = decode(fileServer.schema, config, ["handler"], fileServer.planned);
  const instance = await fileServer.provision(decoded, context);
  cleanups.unshift(() => instance.cleanup?.());
  return (behind) => bindHandler(instance, behind);
}

async function serve(config: unknown, options: SiteOptions = {}): Promise<Site> {
  const warnings: string[] = [];
  const bind = await provision(config, warnings);
  const files = bind(options.behind ?? (() => undefined));
  const next: Next = (exchange) => {
    options.before?.(exchange);
    return files(exchange);
  };
  const server = serveExchanges(await listen("tcp", "127.0.0.1:0"), next, {
    errorHandler: async (exchange, error) => {
      if (options.onError === undefined) throw error;
      exchange.vars.set(ERROR_VAR, HandlerError.from(error));
      await options.onError(exchange);
    },
    onError: () => undefined,
  });
  cleanups.unshift(() => server.close());
  const port = portOf(server);
  return { port, warnings, ask: async (request) => exchangeBytes(port, requestBytes(request)) };
}

function portOf(server: HttpServer): number {
  if (server.local instanceof AddrPort) return server.local.port;
  throw new Error("the server listens on no port");
}

function requestBytes(text: string): string {
  const [line = "", ...fields] = text.split("\n");
  return `${[`${line} HTTP/1.1`, "Host: a.test", "Connection: close", ...fields].join("\r\n")}\r\n\r\n`;
}

function field(response: WireResponse, name: string): string | undefined {
  return response.fields.find(([each]) => each === name)?.[1];
}

const outline = (response: WireResponse): string =>
  [response.status, field(response, "location") ?? field(response, "content-range") ?? "", response.body]
    .filter((part) => part !== "")
    .join(" ");

describe("file_server answers", () => {
  test("a file with its head, again and again", async () => {
    const site = await serve({ root: "." });
    for (let i = 0; i < 3; i++) {
      const response = await site.ask("GET /page.txt");
      expect(response.status).toBe(200);
      expect(response.body).toBe("0123456789");
      const fields = Object.fromEntries(response.fields.filter(([name]) => name !== "date"));
      expect(fields).toEqual({
        "accept-ranges": "bytes",
        connection: "close",
        "content-length": "10",
        "content-type": "text/plain; charset=utf-8",
        etag: `"${(BigInt(MODIFIED) * 1_000_000_000n).toString(36)}-a"`,
        "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT",
        server: "Netwright",
      });
    }
  });

  test("HEAD with the head of GET", async () => {
    const site = await serve({ root: "." });
    for (const path of ["page.txt", "large.bin", "empty", "middle.bin"]) {
      const [head, get] = [await site.ask(`HEAD /${path}`), await site.ask(`GET /${path}`)];
      expect(head.body).toBe("");
      const lasting = (response: WireResponse): unknown => response.fields.filter(([name]) => name !== "date");
      expect(lasting(head)).toEqual(lasting(get));
    }
  });

  test("files of every size, whole", async () => {
    const site = await serve({ root: "." });
    for (const path of ["empty", "middle.bin", "large.bin"]) {
      const expected = await Bun.file(join(folder, path)).text();
      for (let i = 0; i < 2; i++) {
        const response = await site.ask(`GET /${path}`);
        expect(response.body === expected).toBeTrue();
        expect(field(response, "content-length")).toBe(String(expected.length));
      }
    }
  });

  test("several requests on one connection", async () => {
    const site = await serve({ root: "." });
    const one = "GET /page.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    const response = await exchangeBytes(
      site.port,
      `${one}GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n${requestBytes("GET /noext")}`,
    );
    expect(response.body).toStartWith("0123456789HTTP/1.1 200 OK\r\n");
    expect(response.body).toEndWith("\r\n\r\nplain text");
    expect(response.body.length).toBeGreaterThan(LARGE);
  });

  test.each([
    ["GET /%31%30%30%25.txt", "200 percent"],
    ["GET /a%2541", "200 escaped"],
    ["GET /a%41", "404"],
    ["GET //page.txt", "200 0123456789"],
    ["GET /x/../page.txt", "200 0123456789"],
    ["GET /dir%2f..%2fpage.txt", "200 0123456789"],
    ["GET /../../../../page.txt", "200 0123456789"],
    ["GET /..%2f..%2f..%2fetc%2fpasswd", "404"],
    ["GET /%2e%2e/%2e%2e/%2e%2e/etc/passwd", "404"],
    ["GET /..%5c..%5cetc%5cpasswd", "404"],
    ["GET /%c0%ae%c0%ae/etc/passwd", "404"],
    ["GET /page.txt%00.html", "400 400 Bad Request: the path holds an escaped NUL\n"],
    ["GET /%00", "400 400 Bad Request: the path holds an escaped NUL\n"],
    ["GET /page.txt/x", "404"],
    [`GET /${"x".repeat(2000)}`, "404"],
    ["GET /other", "404"],
    ["GET /nothing", "404"],
    ["GET /page.txt?query=/../", "200 0123456789"],
    ["GET http://a.test/page.txt", "200 0123456789"],
    ["POST /page.txt", "405"],
    ["DELETE /nothing", "404"],
  ])("%s: %s", async (request, expected) => {
    const site = await serve({ root: "." });
    // The second time it may come from the cache.
    for (let i = 0; i < 2; i++) expect(outline(await site.ask(request))).toBe(expected);
  });

  test("other methods with what is allowed", async () => {
    const site = await serve({ root: "." });
    expect(field(await site.ask("PUT /page.txt\nContent-Length: 0"), "allow")).toBe("GET, HEAD");
  });
});

describe("file_server and slashes", () => {
  const link = (path: string): string => `<a href="${path}">Permanent Redirect</a>.\n\n`;

  test.each([
    ["GET /dir", "308 /dir/"],
    ["GET /dir?a=1&b=2", "308 /dir/?a=1&b=2"],
    ["GET /page.txt/", "308 /page.txt"],
    ["GET /page.txt%2f", "308 /page.txt"],
    ["GET //dir", "308 /dir/"],
    ["GET //evil.test/..%2fdir", "308 /dir/"],
    ["GET /%5cevil.test/..%2fdir", "308 /dir/"],
    ["GET /sp%20dir", "308 /sp%20dir/"],
    ["GET /dir/.", "308 /dir/"],
    ["GET http://a.test/dir", "308 /dir/"],
    ["GET /dir/", "200 <p>dir</p>"],
    ["GET /dir%2f", "200 <p>dir</p>"],
    ["GET /dir/sub", "404"],
  ])("%s: %s", async (request, expected) => {
    const site = await serve({ root: "." });
    for (let i = 0; i < 2; i++) {
      const response = await site.ask(request);
      const location = field(response, "location");
      const body = location === undefined ? "" : ` ${link(location.replace("&", "&amp;"))}`;
      expect(outline(response)).toBe(expected + body);
    }
  });

  test("only what was asked for by its own name is redirected", async () => {
    const rewrite = (exchange: Exchange): void => {
      exchange.path = exchange.query;
    };
    const site = await serve({ root: "." }, { before: rewrite });
    expect(outline(await site.ask("GET /nice?/dir/"))).toBe("200 <p>dir</p>");
    expect(outline(await site.ask("GET /nice/?/page.txt"))).toBe("200 0123456789");
    const prefixed = await site.ask("GET /prefix/dir?/dir");
    expect([prefixed.status, field(prefixed, "location")]).toEqual([308, "/prefix/dir/?/dir"]);
    expect(outline(await site.ask("GET /prefix/dir/?/dir/"))).toBe("200 <p>dir</p>");
  });

  test("nothing is redirected when that is switched off", async () => {
    const site = await serve({ root: ".", canonical_uris: false });
    for (let i = 0; i < 2; i++) {
      expect(outline(await site.ask("GET /dir"))).toBe("200 <p>dir</p>");
      expect(outline(await site.ask("GET /page.txt/"))).toBe("200 0123456789");
    }
  });
});

describe("file_server and parts", () => {
  test.each([
    ["page.txt", "bytes=2-4", "206 bytes 2-4/10 234"],
    ["page.txt", "bytes=-3", "206 bytes 7-9/10 789"],
    ["page.txt", "bytes=99-", "416 bytes */10 invalid range: failed to overlap\n"],
    ["page.txt", "bytes=x", "416 invalid range\n"],
    ["page.txt", "lines=1-2", "200 0123456789"],
    ["large.bin", "bytes=100005-100014", `206 bytes 100005-100014/${LARGE} 1000000000`],
  ])("%s, %s", async (path, range, expected) => {
    const site = await serve({ root: "." });
    for (let i = 0; i < 2; i++) expect(outline(await site.ask(`GET /${path}\nRange: ${range}`))).toStartWith(expected);
  });

  test("several parts of small and large files", async () => {
    const site = await serve({ root: "." });
    for (const path of ["page.txt", "large.bin"]) {
      const text = await Bun.file(join(folder, path)).text();
      const response = await site.ask(
        `GET /${path}\nRange: bytes=0-1,5-,-2`.replace("5-", path === "page.txt" ? "5-6" : "5-200004"),
      );
      expect(response.status).toBe(206);
      const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{32})$/.exec(
        field(response, "content-type") ?? "",
      )![1]!;
      const parts = response.body.split(`--${boundary}`);
      expect(parts[0]).toBe("");
      expect(parts.at(-1)).toBe("--\r\n");
      const contents = parts.slice(1, -1).map((part) => part.slice(part.indexOf("\r\n\r\n") + 4, -2));
      const middle = path === "page.txt" ? text.slice(5, 7) : text.slice(5, 200_005);
      expect(contents).toEqual([text.slice(0, 2), middle, text.slice(-2)]);
      expect(field(response, "content-length")).toBe(String(response.body.length));
    }
  });

  test("If-Range keeps parts of another version away", async () => {
    const site = await serve({ root: "." });
    const etag = field(await site.ask("HEAD /page.txt"), "etag");
    expect(outline(await site.ask(`GET /page.txt\nRange: bytes=0-1\nIf-Range: ${etag}`))).toBe("206 bytes 0-1/10 01");
    expect(outline(await site.ask('GET /page.txt\nRange: bytes=0-1\nIf-Range: "x"'))).toBe("200 0123456789");
  });
});

describe("file_server and preconditions", () => {
  test("304 has the tag and no body, for small and large files", async () => {
    const site = await serve({ root: "." });
    for (const path of ["page.txt", "large.bin"]) {
      const etag = field(await site.ask(`GET /${path}`), "etag");
      for (const condition of [`If-None-Match: ${etag}`, "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"]) {
        const response = await site.ask(`GET /${path}\n${condition}`);
        expect([response.status, field(response, "etag"), response.body]).toEqual([304, etag, ""]);
        for (const name of ["content-type", "last-modified", "content-length"])
          expect(field(response, name)).toBeUndefined();
      }
    }
  });

  test("412", async () => {
    const site = await serve({ root: "." });
    const response = await site.ask('GET /page.txt\nIf-Match: "x"');
    expect([response.status, field(response, "content-length"), response.body]).toEqual([412, "0", ""]);
  });

  test("fields of handlers before it stand for the file's own", async () => {
    const set = (exchange: Exchange): void => {
      exchange.responseFields.set("ETag", '"own"');
      exchange.responseFields.set("Content-Type", "text/own");
      exchange.responseFields.set("Cache-Control", "no-cache");
    };
    const site = await serve({ root: "." }, { before: set });
    const response = await site.ask("GET /page.txt");
    expect(response.fields.filter(([name]) => name === "etag" || name === "content-type")).toEqual([
      ["etag", '"own"'],
      ["content-type", "text/own"],
    ]);
    expect(field(response, "last-modified")).toBe("Tue, 14 Nov 2023 22:13:20 GMT");
    const unchanged = await site.ask('GET /page.txt\nIf-None-Match: "own"');
    expect([unchanged.status, field(unchanged, "cache-control"), field(unchanged, "content-type")]).toEqual([
      304,
      "no-cache",
      undefined,
    ]);
    const refused = await site.ask("GET /page.txt\nRange: bytes=99-");
    expect([refused.status, field(refused, "cache-control"), field(refused, "etag")]).toEqual([
      416,
      undefined,
      undefined,
    ]);
  });
});

describe("file_server's config", () => {
  test("the root may come from the request, but not climb", async () => {
    const site = await serve({ root: "{http.request.header.X-Root}" });
    expect(outline(await site.ask("GET /page.txt\nX-Root: other"))).toBe("200 other");
    expect(outline(await site.ask("GET /page.txt\nX-Root: ."))).toBe("200 0123456789");
    expect(outline(await site.ask("GET /page.txt\nX-Root: other"))).toBe("200 other");
    expect(outline(await site.ask("GET /page.txt"))).toBe("200 0123456789");
    expect(outline(await site.ask("GET /page.txt\nX-Root: other/.."))).toBe("400");
  });

  test("the root is that of the variables unless it is set", async () => {
    const before = (exchange: Exchange): void => void exchange.vars.set("root", join(folder, "other"));
    expect(outline(await (await serve({}, { before })).ask("GET /page.txt"))).toBe("200 other");
    expect(outline(await (await serve({})).ask("GET /page.txt"))).toBe("200 0123456789");
  });

  test("more roots than are kept", async () => {
    const site = await serve({ root: "{http.request.header.X-Root}", hide: ["{http.request.header.X-Hide}"] });
    for (let i = 0; i < 300; i++) expect((await site.ask(`GET /page.txt\nX-Root: root${i}`)).status).toBe(404);
    expect(outline(await site.ask("GET /page.txt\nX-Root: other"))).toBe("200 other");
    expect(outline(await site.ask("GET /page.txt\nX-Root: other\nX-Hide: page.*"))).toBe("404");
  });

  test("what is not there is passed on when that is wanted", async () => {
    const behind: Next = (exchange) => {
      exchange.start(203, 0);
      exchange.end();
    };
    const site = await serve({ root: ".", pass_thru: true, hide: ["noext"] }, { behind });
    for (const path of ["/none", "/other", "/noext"]) expect(outline(await site.ask(`GET ${path}`))).toBe("203");
    expect(outline(await site.ask("GET /page.txt"))).toBe("200 0123456789");
    expect(outline(await site.ask("POST /page.txt"))).toBe("405");
    expect(outline(await site.ask("GET /%00"))).toBe("400 400 Bad Request: the path holds an escaped NUL\n");
  });

  test("a status of its own", async () => {
    const site = await serve({ root: ".", status_code: 404 });
    expect(outline(await site.ask("GET /page.txt"))).toBe("404 0123456789");
    expect(outline(await site.ask("GET /page.txt\nRange: bytes=0-1"))).toBe("404 bytes 0-1/10 01");
    expect(outline(await site.ask("GET /page.txt\nIf-None-Match: *"))).toBe("404");
    const made = await serve({ root: ".", status_code: "{http.request.uri.query.s}" });
    expect(outline(await made.ask("GET /page.txt?s=418"))).toBe("418 0123456789");
    expect(outline(await made.ask("GET /page.txt?s=0"))).toBe("200 0123456789");
    expect(outline(await made.ask("GET /page.txt?s=204"))).toBe("204");
    expect(outline(await made.ask("GET /page.txt?s=99"))).toBe("500");
  });

  test("an error is answered with its status, whatever the method", async () => {
    const bind = await provision({ root: "other" });
    const site = await serve({ root: "." }, { onError: bind(() => undefined) });
    expect(outline(await site.ask("POST /page.txt"))).toBe("405 other");
  });

  test.each([
    [{ hide: ["[a"] }, "handler.hide[0]"],
    [{ hide: [""] }, "handler.hide[0]"],
    [{ status_code: 99 }, "handler.status_code"],
    [{ status_code: "x" }, "handler.status_code"],
    [{ browse: {} }, "known to Caddy, but not built here yet"],
    [{ precompressed: {} }, "known to Caddy, but not built here yet"],
    [{ roto: "." }, "root"],
  ])("refuses %j", (config, message) => {
    expect(provision(config)).rejects.toThrow(message);
  });

  test("warns of a root that hides itself", async () => {
    const site = await serve({ root: "other", hide: ["*.x", "other"] });
    expect(site.warnings).toEqual([
      `"other" hides the root ${join(folder, "other")} itself, so that nothing will be served`,
    ]);
    expect(outline(await site.ask("GET /page.txt"))).toBe("404");
  });

  test("one pool for all, given back with the last", async () => {
    const usage = new UsagePool();
    await provision({ root: "." }, [], usage);
    await provision({ root: "other" }, [], usage);
    expect(usage.size).toBe(1);
    for (const cleanup of cleanups.splice(0, 2)) await cleanup();
    expect(usage.size).toBe(0);
  });
});

describe("file_server and files that change", () => {
  const SPARSE = 64 * 1024 * 1024;

  test("one that becomes shorter while it is sent breaks off, and never looks whole", async () => {
    const path = join(folder, "sparse");
    writeFileSync(path, "");
    truncateSync(path, SPARSE);
    const site = await serve({ root: "." });
    const ended = Promise.withResolvers<void>();
    let received = 0;
    const socket = connect(site.port, "127.0.0.1", () => socket.write("GET /sparse HTTP/1.1\r\nHost: a\r\n\r\n"));
    socket.once("data", () => {
      // Far more is left than the buffers on the way hold.
      truncateSync(path, 0);
    });
    socket.on("data", (chunk) => void (received += chunk.length));
    socket.on("error", () => undefined);
    socket.on("close", () => ended.resolve());
    await ended.promise;
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(SPARSE);
    rmSync(path);
  });

  test("a peer that goes away gives the descriptor back", async () => {
    const path = join(folder, "left");
    writeFileSync(path, "");
    truncateSync(path, SPARSE);
    const site = await serve({ root: "." });
    await new Promise<void>((resolve) => {
      const socket = connect(site.port, "127.0.0.1", () => socket.write("GET /left HTTP/1.1\r\nHost: a\r\n\r\n"));
      socket.once("data", () => socket.destroy());
      socket.on("close", () => resolve());
    });
    rmSync(path);
    // The cache lets go of what was unlinked; the descriptor lives until the response that was cut off has ended.
    do expect((await site.ask("GET /left")).status).toBe(404);
    while (openDescriptors(path) > 0);
  });

  function openDescriptors(path: string): number {
    return readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
      } catch {
        return false;
      }
    }).length;
  }
});
