import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Addr, AddrPort, UnixAddress } from "../../src/addr/index.ts";
import { ParseError } from "../../src/bytes/index.ts";
import { type Conn, dial, listen, type Listener, type ListenOptions, type StreamNetwork } from "../../src/net/index.ts";
import { makeListeningSocket } from "../../src/sys/index.ts";
import { bytesOf, failureOf, readAll, settle, textOf } from "./pairs.ts";

const listeners: Listener[] = [];
const conns: Conn[] = [];

afterEach(async () => {
  for (const conn of conns.splice(0)) conn.abort();
  for (const listener of listeners.splice(0)) await listener.close();
});

async function listening(network: StreamNetwork, address: string, options?: ListenOptions): Promise<Listener> {
  const listener = await listen(network, address, options);
  listeners.push(listener);
  return listener;
}

async function dialled(listener: Listener, text = ""): Promise<Conn> {
  const conn = await dial(listener.network === "unix" ? "unix" : "tcp", String(listener.local));
  conns.push(conn);
  if (text !== "") await conn.write(bytesOf(text));
  return conn;
}

/** Answers every connection with its first chunk. */
function echo(listener: Listener): void {
  listener.serve((conn) => {
    conn.attach({
      data: (chunk) => void conn.send(chunk),
      drain() {},
      end: () => void conn.close(),
      close() {},
      timeout() {},
    });
  });
}

describe("listen on tcp", () => {
  test("says where it listens, with the port that the system chose", async () => {
    const listener = await listening("tcp", "127.0.0.1:0");
    const local = listener.local as AddrPort;
    expect(String(local.addr)).toBe("127.0.0.1");
    expect(local.port).toBeGreaterThan(0);
    expect(String((await listening("tcp6", "[::1]:0")).local)).toMatch(/^\[::1\]:\d+$/);
  });

  test("a peer is named by its own address, an IPv4 one on a socket for both families, too", async () => {
    const listener = await listening("tcp", ":0");
    const { port } = listener.local as AddrPort;
    for (const host of ["127.0.0.1", "[::1]"]) {
      const accepted = listener.accept();
      const conn = await dial("tcp", `${host}:${port}`);
      conns.push(conn);
      const peer = (await accepted)!;
      conns.push(peer);
      expect(String(peer.remote)).toBe(String(conn.local));
      expect(String(peer.local)).toBe(`${host}:${port}`);
    }
  });

  test("a name listens on its address", async () => {
    expect((await listening("tcp", "localhost:0")).local).toBeInstanceOf(AddrPort);
  });

  test("a busy port is refused, with what to do", async () => {
    const listener = await listening("tcp", "127.0.0.1:0");
    const address = String(listener.local);
    const error = await failureOf(listen("tcp", address));
    expect(error.message).toBe(
      `listen tcp ${address}: address already in use (EADDRINUSE); another process listens there: stop it, or choose another port`,
    );
    expect([error.code, error.op, error.network]).toEqual(["EADDRINUSE", "listen", "tcp"]);
  });

  test("addresses that are none are refused", async () => {
    expect((await failureOf(listen("tcp", "127.0.0.1:70000"))).message).toContain('the port "70000"');
    expect((await failureOf(listen("tcp", "192.0.2.1:0"))).code).toBe("EADDRNOTAVAIL");
    expect((await failureOf(listen("tcp4", "[::1]:0"))).code).toBe("EAFNOSUPPORT");
    expect((await failureOf(listen("tcp", "[fe80::1%none0]:0"))).message).toContain("no network interface");
    expect((await failureOf(listen("tcp", "name.invalid:0"))).code).toBe("ENOTFOUND");
    expect(listen("tcp", "127.0.0.1")).rejects.toThrow(ParseError);
  });

  test("reusePort shares a port, each listener with a queue of its own", async () => {
    const first = await listening("tcp", "127.0.0.1:0", { reusePort: true });
    const second = await listening("tcp", String(first.local), { reusePort: true });
    expect(String(second.local)).toBe(String(first.local));
    for (const listener of [first, second]) echo(listener);
    for (let i = 0; i < 20; i++) {
      const conn = await dialled(first, "x");
      expect(textOf(await conn.read())).toBe("x");
    }
  });

  test("a descriptor that listens already is taken over, and closed in the end", async () => {
    const { fd, port } = makeListeningSocket({ network: "tcp", addr: Addr.parse("127.0.0.1"), port: 0 });
    const listener = await listening("tcp", "whatever:1", { fd });
    expect(String(listener.local)).toBe(`127.0.0.1:${port}`);
    echo(listener);
    const conn = await dialled(listener, "over");
    expect(textOf(await conn.read())).toBe("over");
    await listener.close();
    expect((await failureOf(dial("tcp", `127.0.0.1:${port}`))).code).toBe("ECONNREFUSED");
  });

  test("a descriptor that is no socket is refused", async () => {
    expect((await failureOf(listen("tcp", ":1", { fd: 1_000_000 }))).code).toBe("EBADF");
  });
});

describe("a listener", () => {
  test("leaves what comes in the system's queue until somebody asks", async () => {
    const listener = await listening("tcp", "127.0.0.1:0");
    const conn = await dialled(listener, "early");
    await settle();
    expect(listener.open).toBe(0);
    const accepted = (await listener.accept())!;
    expect(listener.open).toBe(1);
    expect(textOf(await accepted.read())).toBe("early");
    accepted.abort();
    await conn.done;
    expect(listener.open).toBe(0);
  });

  test("accepts no more than a few ahead of who asks one by one", async () => {
    const listener = await listening("tcp", "127.0.0.1:0");
    const clients = await Promise.all(Array.from({ length: 200 }, async () => dialled(listener)));
    conns.push((await listener.accept())!);
    await settle();
    expect(listener.open).toBeLessThanOrEqual(65);
    for (let i = 1; i < clients.length; i++) conns.push((await listener.accept())!);
    expect(listener.open).toBe(200);
  });

  test("async iteration gives every Conn until it is closed", async () => {
    const listener = await listening("tcp", "127.0.0.1:0");
    const seen: (string | null)[] = [];
    const loop = (async () => {
      for await (const conn of listener) {
        conns.push(conn);
        seen.push(textOf(await conn.read()));
        if (seen.length === 2) await listener.close();
      }
    })();
    await dialled(listener, "1");
    await dialled(listener, "2");
    await loop;
    expect(seen.map(String).toSorted((x, y) => x.localeCompare(y))).toEqual(["1", "2"]);
    expect(await listener.accept()).toBe(null);
  });

  test("is served by one callback only", async () => {
    const listener = await listening("tcp", "127.0.0.1:0");
    echo(listener);
    expect(() => echo(listener)).toThrow("EBUSY");
  });

  test("close accepts what is queued first: no connection that the system completed is reset", async () => {
    for (const network of ["tcp", "unix"] as const) {
      const address = network === "tcp" ? "127.0.0.1:0" : `@netwright-${process.pid}-${performance.now()}`;
      const listener = await listening(network, address);
      echo(listener);
      // The listener's turn does not come between these calls and the close.
      const clients = await Promise.all(Array.from({ length: 20 }, async () => dialled(listener)));
      await listener.close();
      expect(listener.open).toBe(20);
      for (const conn of clients) {
        await conn.write(bytesOf("late"));
        await conn.closeWrite();
        expect(textOf(await readAll(conn))).toBe("late");
      }
      expect((await failureOf(dial(network, String(listener.local)))).code).toBe("ECONNREFUSED");
    }
  });

  test("close is for accepting alone: Conns live on", async () => {
    const listener = await listening("tcp", "127.0.0.1:0");
    echo(listener);
    const conn = await dialled(listener, "1");
    expect(textOf(await conn.read())).toBe("1");
    await listener.close();
    await listener.close();
    await conn.write(bytesOf("2"));
    expect(textOf(await conn.read())).toBe("2");
  });
});

describe("listen on Unix sockets", () => {
  let dir: string;
  let path: string;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "netwright-net-"));
    path = join(dir, "a.sock");
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test("the file has its mode and is gone after close", async () => {
    const listener = await listening("unix", path, { mode: 0o600 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(listener.local).toEqual(new UnixAddress(path));
    await listener.close();
    expect(existsSync(path)).toBe(false);
  });

  test("a file that nobody listens on any more is replaced; a busy one and one of another kind are not", async () => {
    const child = Bun.spawnSync([
      process.execPath,
      "-e",
      `Bun.listen({ unix: ${JSON.stringify(path)}, socket: { data() {} } }); process.kill(process.pid, 9);`,
    ]);
    expect(child.signalCode).toBe("SIGKILL");
    expect(existsSync(path)).toBe(true);
    const listener = await listening("unix", path);
    const busy = await failureOf(listen("unix", path));
    expect([busy.code, busy.message]).toEqual(["EADDRINUSE", expect.stringContaining("another process listens there")]);
    echo(listener);
    const conn = await dialled(listener, "alive");
    expect(textOf(await conn.read())).toBe("alive");

    const file = join(dir, "file");
    writeFileSync(file, "precious");
    expect((await failureOf(listen("unix", file))).message).toContain("a file that is no socket lies there");
    expect(existsSync(file)).toBe(true);
  });

  test("a handed descriptor's file is left to whoever made it", async () => {
    const other = join(dir, "handed.sock");
    const { fd } = makeListeningSocket({ network: "unix", path: other });
    const listener = await listening("unix", other, { fd });
    await listener.close();
    expect(existsSync(other)).toBe(true);
  });

  test("an abstract name makes no file", async () => {
    const name = `@netwright-${process.pid}-${performance.now()}`;
    const listener = await listening("unix", name);
    echo(listener);
    const conn = await dialled(listener, "x");
    expect(textOf(await conn.read())).toBe("x");
    expect((await failureOf(listen("unix", name))).code).toBe("EADDRINUSE");
  });

  test("a path that is too long or leads nowhere says so", async () => {
    expect((await failureOf(listen("unix", `${dir}/${"x".repeat(120)}`))).message).toContain("at most 107 bytes");
    expect((await failureOf(listen("unix", join(dir, "none", "a.sock")))).code).toBe("ENOENT");
  });
});
