import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnixAddress } from "../../src/addr/index.ts";
import {
  type Conn,
  dial,
  expectProxyHeaders,
  type Listener,
  listen,
  pipe,
  proxyHeaderOf,
  serveGroups,
  WELCOME,
} from "../../src/net/index.ts";
import { limitRate, tap } from "../../src/stream/index.ts";

const folder = mkdtempSync(join(tmpdir(), "wrapped-conn-"));
afterAll(() => rmSync(folder, { recursive: true }));

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

function opened<Resource extends AsyncDisposable>(resource: Resource): Resource {
  open.push(resource);
  return resource;
}

/** A listener whose Conns are wrapped before they are served. */
function wrapping(inner: Listener, wrap: (conn: Conn) => Conn): Listener {
  return new Proxy(inner, {
    get: (target, member) => {
      if (member === "serve") return (onConn: (conn: Conn) => void) => target.serve((conn) => onConn(wrap(conn)));
      const value: unknown = Reflect.get(target, member);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const WRAPPERS = [
  ["tapped", (conn: Conn): Conn => tap(conn, {})],
  ["limited in its rate", (conn: Conn): Conn => limitRate(conn, { readBytesPerSecond: 1e9 })],
  ["tapped and limited in its rate", (conn: Conn): Conn => tap(limitRate(conn, { writeBytesPerSecond: 1e9 }), {})],
] as const;

describe.each(WRAPPERS)("a Conn that is %s", (_name, wrap) => {
  test("says who the peer of a Unix socket is", async () => {
    const path = join(folder, "creds");
    const listener = opened(await listen("unix", path));
    const [client, server] = await Promise.all([dial("unix", path), listener.accept()]);
    open.push(client, server!);
    expect(wrap(server!).unix?.peerCredentials().pid).toBe(process.pid);
  });

  test("is let in by serveGroups", async () => {
    const path = join(folder, "groups");
    const listener = wrapping(await listen("unix", path), wrap);
    opened(serveGroups(listener, { groups: new Set([process.getegid!()]) }));
    const client = opened(await dial("unix", path));
    expect(Buffer.from((await client.read())!).toString()).toBe(WELCOME);
  });

  test("has the PROXY header of the one beneath", async () => {
    const listener = opened(expectProxyHeaders(await listen("tcp", "127.0.0.1:0")));
    const client = opened(await dial("tcp", String(listener.local)));
    await client.write(Buffer.from("PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\nhello"));
    const conn = opened(wrap((await listener.accept())!));
    expect(proxyHeaderOf(conn)?.version).toBe(1);
    expect([String(conn.remote), conn.tcp === undefined]).toEqual(["192.0.2.1:1000", false]);
    expect(Buffer.from((await conn.read())!).toString()).toBe("hello");
  });

  test("without a PROXY header has none", () => {
    const [inner] = pipe();
    expect(proxyHeaderOf(wrap(inner))).toBe(undefined);
  });

  test("passes on ends, ref and unref where the one beneath has them, and not what moves bytes past it", () => {
    const calls: string[] = [];
    const [inner] = pipe();
    const conn = wrap(
      Object.assign(inner, {
        fd: 5,
        sendFile: async () => 0,
        setEnds: (local: unknown, remote: unknown) => void calls.push(`${String(local)} ${String(remote)}`),
        ref: () => void calls.push("ref"),
        unref: () => void calls.push("unref"),
      }),
    );
    conn.setEnds?.(new UnixAddress("@a"), new UnixAddress("@b"));
    conn.unref?.();
    conn.ref?.();
    expect(calls).toEqual(["@a @b", "unref", "ref"]);
    expect([conn.fd, conn.unix, conn.tcp]).toEqual([undefined, undefined, undefined]);
    const [bare] = pipe();
    const plain = wrap(bare);
    expect([plain.ref, plain.unref]).toEqual([undefined, undefined]);
  });
});
