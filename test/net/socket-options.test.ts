import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddrPort } from "../../src/addr/index.ts";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import {
  type Conn,
  type Control,
  dial,
  type DialOptions,
  listen,
  type Listener,
  type ListenOptions,
  listSockets,
  NetError,
  type StreamNetwork,
} from "../../src/net/index.ts";
import { socketOption } from "../../src/sys/socket-option.ts";
import { bytesOf, failureOf, pattern, readAll, settle, textOf } from "./pairs.ts";

const SOCKET = 1;
const IP = 0;
const TCP = 6;
const IPV6 = 41;
/** What an option is called by the system: its level and number. */
const NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
  receiveBuffer: [SOCKET, 8],
  sendBuffer: [SOCKET, 7],
  keepAlive: [SOCKET, 9],
  idle: [TCP, 4],
  interval: [TCP, 5],
  count: [TCP, 6],
  noDelay: [TCP, 1],
  userTimeout: [TCP, 18],
  ttl: [IP, 2],
  trafficClass: [IP, 1],
  hops: [IPV6, 16],
  trafficClass6: [IPV6, 67],
};

const open: (Conn | Listener)[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) {
    if ("abort" in each) each.abort();
    else await each.close();
  }
});

function optionsOf(conn: Conn, ...names: readonly string[]): number[] {
  return names.map((name) => socketOption(conn.fd!, ...NUMBERS[name]!));
}

async function listening(address: string, options?: ListenOptions, network: StreamNetwork = "tcp"): Promise<Listener> {
  const listener = await listen(network, address, options);
  open.push(listener);
  return listener;
}

async function joined(listener: Listener, options?: DialOptions): Promise<readonly [Conn, Conn]> {
  const accepted = listener.accept();
  const conn = await dial(listener.network as StreamNetwork, String(listener.local), options);
  const peer = (await accepted)!;
  open.push(conn, peer);
  return [conn, peer];
}

const ALL = {
  keepAlive: { idleMs: 180_000, intervalMs: 5500, count: 3 },
  noDelay: false,
  receiveBufferBytes: 20_000,
  sendBufferBytes: 30_000,
  userTimeoutMs: 7000,
  ttl: 33,
  trafficClass: 0x10,
} as const;
const NAMES = [
  "keepAlive",
  "idle",
  "interval",
  "count",
  "noDelay",
  "receiveBuffer",
  "sendBuffer",
  "userTimeout",
  "ttl",
  "trafficClass",
];
/** Parts of a second become whole ones; the system makes twice as much of a buffer. */
const SET = [1, 180, 6, 3, 0, 40_000, 60_000, 7000, 33, 0x10];

describe("options of sockets", () => {
  test("hold for a dialled connection", async () => {
    const [conn] = await joined(await listening("127.0.0.1:0"), ALL);
    expect(optionsOf(conn, ...NAMES)).toEqual(SET);
  });

  test("of a listener hold for what it accepts", async () => {
    const [, peer] = await joined(await listening("127.0.0.1:0", ALL));
    expect(optionsOf(peer, ...NAMES)).toEqual(SET);
  });

  test("for IP hold for both families of one listener", async () => {
    const listener = await listening(":0", { ttl: 33, trafficClass: 0x10 });
    const { port } = listener.local as AddrPort;
    for (const host of ["127.0.0.1", "[::1]"]) {
      const accepted = listener.accept();
      open.push(await dial("tcp", `${host}:${port}`, { ttl: 44, trafficClass: 0x20 }));
      const peer = (await accepted)!;
      open.push(peer);
      expect(optionsOf(peer, "ttl", "hops")).toEqual([33, 33]);
      if (host === "[::1]") expect(optionsOf(peer, "trafficClass6")).toEqual([0x10]);
    }
  });

  test("that nobody sets are keep-alive after 15 s, every 15 s, 9 times, and small writes that leave at once", async () => {
    for (const conn of await joined(await listening("127.0.0.1:0")))
      expect(optionsOf(conn, "keepAlive", "idle", "interval", "count", "noDelay")).toEqual([1, 15, 15, 9, 1]);
    for (const conn of await joined(await listening("127.0.0.1:0", { keepAlive: false }), { keepAlive: false }))
      expect(optionsOf(conn, "keepAlive")).toEqual([0]);
  });

  test("change while a connection lives", async () => {
    const [, peer] = await joined(await listening("127.0.0.1:0"));
    const control = peer.tcp!;
    control.setKeepAlive(ALL.keepAlive);
    control.setNoDelay(false);
    control.setReceiveBuffer(20_000);
    control.setSendBuffer(30_000);
    control.setUserTimeout(7000);
    control.setTtl(33);
    control.setTrafficClass(0x10);
    expect(optionsOf(peer, ...NAMES)).toEqual(SET);
    control.setKeepAlive(false);
    control.setNoDelay(true);
    expect(optionsOf(peer, "keepAlive", "noDelay")).toEqual([0, 1]);
  });

  test("that the system refuses say which they are", async () => {
    const listener = await listening("127.0.0.1:0");
    const [conn] = await joined(listener);
    const wrong = await failureOf(dial("tcp", String(listener.local), { keepAlive: { count: 1000 } }));
    expect([wrong.code, wrong.hint]).toEqual(["EINVAL", "the system refused the socket option TCP_KEEPCNT"]);
    expect((await failureOf(listen("tcp", "127.0.0.1:0", { ttl: 256 }))).hint).toBe(
      "ttl is a whole number from 1 to 255, not 256",
    );
    expect((await failureOf(dial("tcp", String(listener.local), { interface: "none0" }))).hint).toContain(
      "SO_BINDTODEVICE",
    );
    expect(() => conn.tcp!.setTtl(0)).toThrow(NetError);
    expect(() => conn.tcp!.setTtl(1.5)).toThrow("ttl is a whole number from 1 to 255, not 1.5");
  });

  test("of a closed connection are refused: its descriptor may be somebody else's", async () => {
    const [conn] = await joined(await listening("127.0.0.1:0"));
    conn.abort();
    expect(() => conn.tcp!.info()).toThrow("EBADF");
    expect(() => conn.tcp!.setNoDelay(true)).toThrow("EBADF");
  });
});

describe("tcp.info and tcp.queues", () => {
  test("tell the state, what went both ways, and what waits", async () => {
    const [conn, peer] = await joined(await listening("127.0.0.1:0"));
    await conn.write(pattern(5000));
    expect(peer.tcp!.queues().unread).toBe(5000);
    const sent = conn.tcp!.info();
    expect([sent.state, sent.bytesSent, sent.totalRetransmits, sent.fastOpened]).toEqual([
      "ESTABLISHED",
      5000,
      0,
      false,
    ]);
    expect(sent.rttMs).toBeGreaterThan(0);
    expect(sent.sendMss).toBeGreaterThan(500);
    expect(sent.sendWindow).toBeGreaterThan(5000);
    expect(peer.tcp!.info().bytesReceived).toBe(5000);
    await peer.write(bytesOf("x"));
    await conn.read();
    expect(conn.tcp!.queues()).toEqual({ unread: 0, unacknowledged: 0 });
    await conn.closeWrite();
    await readAll(peer);
    // The acknowledgement of the end may be on its way still.
    expect(conn.tcp!.info().state).toMatch(/^FIN_WAIT_[12]$/);
    expect(peer.tcp!.info().state).toBe("CLOSE_WAIT");
  });

  test("are not there on a Unix socket", async () => {
    const [conn, peer] = await joined(await listening(`@netwright-${process.pid}-info`, {}, "unix"));
    expect([conn.tcp, peer.tcp]).toEqual([undefined, undefined]);
  });
});

describe("localAddress", () => {
  test("is what the peer sees", async () => {
    const listener = await listening("127.0.0.1:0");
    const [conn, peer] = await joined(listener, { localAddress: "127.0.0.3" });
    expect(String(conn.local)).toBe(String(peer.remote));
    expect(String(peer.remote)).toMatch(/^127\.0\.0\.3:\d+$/);
    const { port } = conn.local as AddrPort;
    const busy = failureOf(dial("tcp", String(listener.local), { localAddress: `127.0.0.3:${port}` }));
    expect((await busy).code).toBe("EADDRINUSE");
    const [again] = await joined(listener, { localAddress: `127.0.0.4:${port}` });
    expect(String(again.local)).toBe(`127.0.0.4:${port}`);
  });

  test("chooses the family of a name's addresses", async () => {
    const listener = await listening("127.0.0.1:0");
    const { port } = listener.local as AddrPort;
    const accepted = listener.accept();
    const conn = await dial("tcp", `localhost:${port}`, { localAddress: "127.0.0.5" });
    open.push(conn, (await accepted)!);
    expect(String(conn.local)).toStartWith("127.0.0.5:");
  });

  test("that is none, of another family or not of this machine is refused", async () => {
    const code = async (localAddress: string, network: "tcp" | "tcp6" = "tcp"): Promise<string> =>
      (await failureOf(dial(network, network === "tcp" ? "127.0.0.1:1" : "[::1]:1", { localAddress }))).code;
    expect(await code("localhost")).toBe("EINVAL");
    expect(await code("::1")).toBe("EAFNOSUPPORT");
    expect(await code("127.0.0.1", "tcp6")).toBe("EAFNOSUPPORT");
    expect(await code("192.0.2.1")).toBe("EADDRNOTAVAIL");
  });
});

describe("control", () => {
  test("is called between socket and connect, and between socket and bind", async () => {
    const calls: unknown[] = [];
    const control: Control = async (fd, network, address) => {
      await settle();
      calls.push([socketOption(fd, SOCKET, 3), network, address]);
    };
    const listener = await listening("127.0.0.1:0", { control });
    await joined(listener, { control });
    expect(calls).toEqual([
      [1, "tcp4", "127.0.0.1:0"],
      [1, "tcp4", String(listener.local)],
    ]);
  });

  test("is called for Unix sockets, before the file is there", async () => {
    const dir = mkdtempSync(join(tmpdir(), "netwright-net-"));
    const path = join(dir, "a.sock");
    const calls: unknown[] = [];
    const control: Control = (_fd, network, address) => {
      calls.push([network, address, statSync(path, { throwIfNoEntry: false }) !== undefined]);
    };
    await joined(await listening(path, { control }, "unix"), { control });
    expect(calls).toEqual([
      ["unix", path, false],
      ["unix", path, true],
    ]);
    rmSync(dir, { recursive: true });
  });

  test("that throws ends it, as its cause, and leaves no socket", async () => {
    const cause = Object.assign(new Error("not today"), { code: "EPERM" });
    let seen = -1;
    const control: Control = (fd) => {
      seen = fd;
      throw cause;
    };
    const begins = [
      async () => dial("tcp", "127.0.0.1:1", { control }),
      async () => listen("tcp", "127.0.0.1:0", { control }),
    ];
    for (const begin of begins) {
      const error = await failureOf(begin());
      expect([error.code, error.cause]).toEqual(["EPERM", cause]);
      expect(() => socketOption(seen, SOCKET, 3)).toThrow("EBADF");
    }
  });
});

describe("lingerMs", () => {
  test("0 resets, of a dialled and of an accepted connection", async () => {
    const listener = await listening("127.0.0.1:0", { lingerMs: 0 });
    const [conn, peer] = await joined(listener);
    await peer.write(bytesOf("x"));
    await peer.close();
    expect(textOf(await conn.read())).toBe("x");
    expect((await failureOf(conn.read())).code).toBe("ECONNRESET");
    const [dialled, other] = await joined(await listening("127.0.0.1:0"), { lingerMs: 0 });
    const read = failureOf(other.read());
    await dialled.close();
    expect((await read).code).toBe("ECONNRESET");
  });

  test("0 drops what is queued for a slow peer", async () => {
    const [conn, peer] = await joined(await listening("127.0.0.1:0"), { lingerMs: 0 });
    peer.pause();
    conn.send(pattern(8 << 20));
    expect(conn.queued).toBeGreaterThan(0);
    await conn.close();
    expect([conn.queued, await conn.done]).toEqual([0, undefined]);
  });

  test("a time waits until the peer has everything", async () => {
    const [conn, peer] = await joined(await listening("127.0.0.1:0"), { lingerMs: 60_000 });
    peer.pause();
    const bytes = pattern(8 << 20);
    conn.send(bytes);
    let closed = false;
    const closing = conn.close().then(() => (closed = true));
    await settle();
    expect(closed).toBe(false);
    peer.resume();
    expect((await readAll(peer)).length).toBe(bytes.length);
    await closing;
  });

  test("a time that is over resets, with whatever waits here", async () => {
    const clock = new SimulatedClock();
    const listener = await listening("127.0.0.1:0");
    const [conn, peer] = await joined(listener, { lingerMs: 5000, wheel: new TimerWheel(clock) });
    peer.pause();
    conn.send(pattern(8 << 20));
    let closed = false;
    const closing = conn.close().then(() => (closed = true));
    await clock.advanceAsync(4999);
    await settle();
    expect(closed).toBe(false);
    await clock.advanceAsync(1);
    await closing;
    peer.resume();
    expect((await failureOf(readAll(peer))).code).toBe("ECONNRESET");
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("options of listeners", () => {
  test("backlog holds also once the runtime accepts", async () => {
    const most = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"));
    for (const [backlog, expected] of [
      [undefined, Math.min(4096, most)],
      [7, 7],
    ] as const) {
      const listener = await listening("127.0.0.1:0", { backlog });
      await joined(listener);
      const [entry] = listSockets({ networks: ["tcp"], owners: false }).filter(
        ({ local, state }) => state === "LISTEN" && String(local) === String(listener.local),
      );
      expect(entry?.sendQueue).toBe(expected);
    }
  });

  test("ipv6Only leaves IPv4 alone, or takes it in", async () => {
    const only = await listening(":0", { ipv6Only: true });
    const { port } = only.local as AddrPort;
    expect((await failureOf(dial("tcp", `127.0.0.1:${port}`))).code).toBe("ECONNREFUSED");
    const alone = await listening(`0.0.0.0:${port}`, {}, "tcp4");
    expect(String(alone.local)).toBe(`0.0.0.0:${port}`);
    const both = await listening("[::]:0", { ipv6Only: false }, "tcp6");
    const accepted = both.accept();
    open.push(await dial("tcp", `127.0.0.1:${(both.local as AddrPort).port}`), (await accepted)!);
  });

  test("a port may be the name of a service, to listen and to dial", async () => {
    const addresses: string[] = [];
    const control: Control = (_fd, _network, address) => {
      addresses.push(address);
      throw new Error("far enough");
    };
    await failureOf(listen("tcp", "127.0.0.77:http-alt", { control }));
    await failureOf(dial("tcp", "127.0.0.77:https", { control }));
    expect(addresses).toEqual(["127.0.0.77:8080", "127.0.0.77:443"]);
    const error = await failureOf(listen("tcp", "127.0.0.1:no-such-service"));
    expect([error.op, error.code]).toEqual(["listen", "EINVAL"]);
  });
});
