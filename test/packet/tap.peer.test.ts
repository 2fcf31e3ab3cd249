import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddrPort } from "../../src/addr/index.ts";
import { type Conn, dial, listen, pipe } from "../../src/net/index.ts";
import { PcapngWriter, SECRETS_TYPE } from "../../src/packet/index.ts";
import { PcapngCapture, relay } from "../../src/stream/index.ts";
import { peer } from "../peers.ts";
import { complaintsOf, fieldsOf, followed, run, save, tshark } from "./wireshark.ts";

const curl = peer("curl");
const openssl = peer("openssl");

/** Bytes in which a piece that is lost, doubled or swapped shows. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + (i >> 16)) & 0xff);
}

async function readAll(conn: Conn): Promise<void> {
  for await (const _ of conn);
}

describe.skipIf(!tshark.available)(`what a tap wrote, as Wireshark sees it${tshark.skipped}`, () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "netwright-tap-"));
  });
  afterAll(async () => rm(dir, { recursive: true }));

  test("HTTP over a pipe is dissected, and the stream that it follows is what passed", async () => {
    const path = join(dir, "http.pcapng");
    const request = Buffer.from("GET /a/file HTTP/1.1\r\nHost: example.com\r\n\r\n");
    const body = pattern(200_000);
    const response = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
    {
      await using capture = await PcapngCapture.toFile(path);
      const [a, b] = pipe();
      await using conn = capture.tap(a);
      await conn.write(request);
      await b.read();
      const writing = b.write(response).then(async () => b.closeWrite());
      await readAll(conn);
      await writing;
      await conn.close();
      await conn.done;
    }
    expect(await complaintsOf(path)).toEqual([]);
    const [sent, received] = await followed(path);
    expect(Buffer.compare(sent, request)).toBe(0);
    expect(Buffer.compare(received, response)).toBe(0);
    const http = await fieldsOf(
      path,
      ["http.request.uri", "http.response.code", "http.content_length"],
      ["-Y", "http"],
    );
    expect(http).toEqual([
      ["/a/file", "", ""],
      ["", "200", "200000"],
    ]);
    const flags = await fieldsOf(path, ["tcp.analysis.flags", "tcp.stream"], ["-Y", "tcp.analysis.flags"]);
    expect(flags).toEqual([]);
  });

  test("many accepted connections with half-closes and resets are streams of their own, without a lost segment", async () => {
    const path = join(dir, "many.pcapng");
    const capture = await PcapngCapture.toFile(path, { maxQueued: 64 * 1024 * 1024 });
    await using listener = await listen("tcp", "127.0.0.1:0");
    for (let i = 0; i < 20; i++) {
      const dialled = await dial("tcp", String(listener.local));
      const accepted = capture.tap((await listener.accept())!, { dialed: false });
      const reading = readAll(accepted).catch(() => undefined);
      await dialled.write(pattern(1000 * i));
      if (i % 3 === 0) {
        dialled.abort();
        await accepted.done;
        await reading;
        continue;
      }
      await dialled.closeWrite();
      await reading;
      await accepted.write(pattern(10));
      const answer = readAll(dialled);
      await accepted.close();
      await answer;
      await accepted.done;
    }
    await capture.close();
    expect(capture.dropped).toBe(0);
    const rows = await fieldsOf(path, ["tcp.stream", "tcp.flags.syn", "tcp.flags.reset", "tcp.flags.fin", "tcp.len"]);
    const streams = new Set(rows.map(([stream]) => stream));
    expect(streams.size).toBe(20);
    expect(rows.filter(([, syn]) => syn === "1").length).toBe(40);
    expect(rows.filter(([, , reset]) => reset === "1").length).toBe(7);
    expect(rows.filter(([, , , fin]) => fin === "1").length).toBe(26);
    // A reset is an expert's warning, and here it is none.
    const complaints = await complaintsOf(path);
    expect(complaints.filter((line) => !line.includes("[RST, ACK]"))).toEqual([]);
    expect(await fieldsOf(path, ["frame.number"], ["-Y", "tcp.analysis.flags"])).toEqual([]);
  });

  test.skipIf(!curl.available || !openssl.available)(
    `a capture of TLS with its keys inside decrypts itself${curl.skipped}${openssl.skipped}`,
    async () => {
      const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
      const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x"];
      await run(openssl.path, ["req", ...made, "-keyout", key, "-out", cert]);
      const server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        tls: { key: Bun.file(key), cert: Bun.file(cert) },
        fetch: () => new Response("a secret answer"),
      });
      const parts: Uint8Array[] = [];
      const capture = new PcapngCapture((part) => void parts.push(part));
      await using listener = await listen("tcp", "127.0.0.1:0");
      const relayed = (async () => {
        const client = capture.tap((await listener.accept())!, { dialed: false });
        await relay(client, await dial("tcp", `127.0.0.1:${server.port}`));
      })();
      const keyLog = join(dir, "keys.log");
      const asked = Bun.spawn([curl.path, "-sk", "--http1.1", `https://${String(listener.local)}/private`], {
        env: { ...process.env, SSLKEYLOGFILE: keyLog },
        stdout: "pipe",
      });
      expect(await asked.stdout.text()).toBe("a secret answer");
      await relayed;
      await capture.close();
      await server.stop(true);

      const sealed = join(dir, "sealed.pcapng");
      await save(sealed, parts);
      const port = ["-d", `tcp.port==${(listener.local as AddrPort).port},tls`];
      expect(await fieldsOf(sealed, ["http.request.uri"], [...port, "-Y", "http"])).toEqual([]);
      const blocks: Uint8Array[] = [];
      new PcapngWriter((block) => blocks.push(block)).secrets(SECRETS_TYPE.TLS_KEY_LOG, await readFile(keyLog));
      const open = join(dir, "open.pcapng");
      await save(open, [parts[0]!, blocks[1]!, ...parts.slice(1)]);
      const http = await fieldsOf(open, ["http.request.uri", "http.response.code"], [...port, "-Y", "http"]);
      expect(http).toEqual([
        ["/private", ""],
        ["", "200"],
      ]);
      // curl may reset the connection when it has its answer.
      expect((await complaintsOf(open)).filter((line) => !line.includes("[RST, ACK]"))).toEqual([]);
    },
  );
});
