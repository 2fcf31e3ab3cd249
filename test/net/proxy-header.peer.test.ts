import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AddrPort } from "../../src/addr/index.ts";
import {
  type Conn,
  dial,
  encodeProxyHeader,
  expectProxyHeaders,
  type Listener,
  listen,
  PROXY_TLV,
  proxyHeaderOf,
} from "../../src/net/index.ts";
import { peer } from "../peers.ts";
import { bytesOf, readAll, textOf } from "./pairs.ts";

const haproxy = peer("haproxy");
const curl = peer("curl");
const dir = mkdtempSync(join(tmpdir(), "netwright-proxy-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** HAProxy with a config of ours, until disposed; it listens on Unix sockets, so that no port has to be found. */
async function haproxyWith(config: string): Promise<AsyncDisposable> {
  const file = join(dir, "haproxy.cfg");
  writeFileSync(
    file,
    `defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 9s\n  timeout server 9s\n${config}`,
  );
  const child = Bun.spawn([haproxy.path, "-db", "-f", file], { stdout: "ignore", stderr: "ignore" });
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Dials a socket that a program which has just been started is about to open. */
async function dialSoon(path: string): Promise<Conn> {
  for (;;) {
    try {
      return await dial("unix", path);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function accepting(): Promise<Listener> {
  return expectProxyHeaders(await listen("tcp", "127.0.0.1:0"));
}

describe("the PROXY header and HAProxy", () => {
  test.skipIf(!haproxy.available)(`reads what it sends, both versions${haproxy.skipped}`, async () => {
    await using listener = await accepting();
    const path = join(dir, "front.sock");
    await using tcp = await listen("tcp", "127.0.0.1:0");
    const port = (tcp.local as AddrPort).port;
    await tcp.close();
    const send = ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"];
    for (const [i, how] of send.entries()) {
      await using _ = await haproxyWith(
        `listen front\n  bind ${path}${i}\n  bind 127.0.0.1:${port}\n  unique-id-format id-%pid\n  server s ${listener.local.toString()} ${how}\n`,
      );
      (await dialSoon(`${path}${i}`)).abort();
      const over = (await listener.accept())!;
      over.abort();
      const client = await dial("tcp", `127.0.0.1:${port}`);
      const conn = (await listener.accept())!;
      expect([conn.remote.toString(), conn.local.toString()]).toEqual([client.local.toString(), `127.0.0.1:${port}`]);
      const id = proxyHeaderOf(conn)!.tlvs.find(({ type }) => type === PROXY_TLV.UNIQUE_ID);
      expect(id === undefined ? "" : textOf(id.value)).toMatch(how.includes("unique-id") ? /^id-\d+$/ : /^$/);
      await client.write(bytesOf("ping"));
      await client.closeWrite();
      expect(textOf(await readAll(conn))).toBe("ping");
      await Promise.all([client.close(), conn.close()]);
    }
  });

  test.skipIf(!haproxy.available)(`is read by it as it was meant${haproxy.skipped}`, async () => {
    await using listener = await accepting();
    const path = join(dir, "accept.sock");
    await using _ = await haproxyWith(
      `listen front\n  bind ${path} accept-proxy\n  server s ${listener.local.toString()} send-proxy-v2\n`,
    );
    const ends = {
      transport: "tcp",
      source: AddrPort.parse("[2001:db8::1]:1234"),
      destination: AddrPort.parse("[2001:db8::2]:443"),
    } as const;
    for (const version of [1, 2] as const) {
      for (const checksum of version === 2 ? [false, true] : [false]) {
        const client = await dialSoon(path);
        await client.write(encodeProxyHeader({ version, local: false, ends, tlvs: [] }, { checksum }));
        const conn = (await listener.accept())!;
        expect([conn.remote.toString(), conn.local.toString()]).toEqual(["[2001:db8::1]:1234", "[2001:db8::2]:443"]);
        await Promise.all([client.close(), conn.close()]);
      }
    }
  });
});

describe("the PROXY header and curl", () => {
  test.skipIf(!curl.available)(`reads what it sends${curl.skipped}`, async () => {
    await using listener = await accepting();
    const child = Bun.spawn([curl.path, "-s", "--haproxy-protocol", `http://${listener.local.toString()}/`], {
      stdout: "pipe",
    });
    const conn = (await listener.accept())!;
    expect(proxyHeaderOf(conn)).toMatchObject({ version: 1, local: false });
    expect(conn.local.toString()).toBe(listener.local.toString());
    expect(textOf(await conn.read())).toStartWith("GET / HTTP/1.1\r\n");
    await conn.write(bytesOf("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes"));
    await conn.close();
    expect(await new Response(child.stdout).text()).toBe("yes");
    expect(await child.exited).toBe(0);
  });
});
