import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AddrPort } from "../../src/addr/index.ts";
import {
  type Conn,
  expectProxyHeaders,
  listen,
  type Listener,
  listSockets,
  proxyHeaderOf,
} from "../../src/net/index.ts";
import { decodePacket, LINK_TYPE, type PcapngPacket, PcapngReader } from "../../src/packet/index.ts";
import { NETWRIGHT, type ToolProcess } from "../tool-process.ts";
import { until } from "./processes.ts";
import { useWorkshop } from "./tools.ts";

const shop = useWorkshop();

async function local(): Promise<Listener> {
  return listen("tcp", "127.0.0.1:0");
}

/** A dial, and its connection at the peer. */
async function dialing(...flags: readonly string[]): Promise<readonly [ToolProcess, Conn]> {
  const listener = await local();
  const accepting = listener.accept();
  const tool = shop.netwright("dial", ...flags, listener.local.toString());
  const conn = (await accepting)!;
  void listener.close();
  return [tool, conn];
}

async function readAll(conn: Conn): Promise<string> {
  return Buffer.concat(await Array.fromAsync(conn)).toString();
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function packetsOf(file: string): Promise<readonly PcapngPacket[]> {
  return new PcapngReader().push(await readFile(file)).filter((block) => block.kind === "packet");
}

/** Bytes that the tool has sent and its peer has not read, as the system counts them. */
function underway(conn: Conn): number {
  const [ours, theirs] = [conn.local.toString(), conn.remote.toString()];
  const ends = listSockets({ networks: ["tcp"], owners: false }).filter(({ local: end, remote }) =>
    [`${ours} ${theirs}`, `${theirs} ${ours}`].includes(`${end.toString()} ${remote?.toString()}`),
  );
  return ends.reduce((sum, { receiveQueue, sendQueue }) => sum + receiveQueue + sendQueue, 0);
}

/** A port at which UDP is refused: one that was free a moment ago. */
async function closedUdpPort(): Promise<string> {
  const socket = await listen("udp", "127.0.0.1:0");
  await socket.close();
  return socket.local.toString();
}

describe("netwright dial: streams", () => {
  test("stdin goes to the peer, its end as FIN, and the answer to that comes", async () => {
    const [tool, conn] = await dialing();
    await tool.write("question");
    await tool.end();
    expect(await readAll(conn)).toBe("question");
    await conn.write(bytesOf("answer"));
    await conn.close();
    expect([await tool.exited, tool.stdout, tool.stderr]).toEqual([0, "answer", ""]);
  });

  test("the peer's end does not keep stdin from going on", async () => {
    const [tool, conn] = await dialing();
    await conn.write(bytesOf("first\n"));
    await conn.closeWrite();
    await tool.prints(/first\n/);
    await tool.write("still here");
    await tool.end();
    expect(await readAll(conn)).toBe("still here");
    expect(await tool.exited).toBe(0);
  });

  test("a reset is an error, and what came before it is printed", async () => {
    const [tool, conn] = await dialing();
    await conn.write(bytesOf("before"));
    await tool.prints(/before/);
    conn.abort();
    expect([await tool.exited, tool.stdout]).toEqual([1, "before"]);
    expect(tool.stderr).toMatch(/^netwright: read tcp .*: connection reset by peer \(ECONNRESET\)\n$/);
  });

  test("a refused connection", async () => {
    const listener = await local();
    await listener.close();
    const tool = shop.netwright("dial", listener.local.toString());
    expect([await tool.exited, tool.stderr]).toEqual([
      1,
      `netwright: dial tcp ${listener.local.toString()}: connection refused (ECONNREFUSED)\n`,
    ]);
  });

  test("--no-shutdown: the end of stdin is not told, and --wait ends it after silence", async () => {
    const [tool, conn] = await dialing("--no-shutdown", "--wait", "300ms");
    await tool.write("x");
    await tool.end();
    expect(await readAll(conn)).toBe("x");
    // The peer's end came when the process had gone, and not before.
    await conn.close();
    expect(await tool.exited).toBe(0);
  });

  test("--wait 0: it ends with stdin, when all was sent", async () => {
    const [tool, conn] = await dialing("--wait", "0");
    await tool.write(new Uint8Array(500_000));
    await tool.end();
    expect((await readAll(conn)).length).toBe(500_000);
    expect(await tool.exited).toBe(0);
    await conn.close();
  });

  test("--idle: without a byte it is given up", async () => {
    const [tool, conn] = await dialing("--idle", "200ms");
    expect([await tool.exited, tool.stderr]).toEqual([1, "netwright: given up: no byte passed for 0.2 s (--idle)\n"]);
    conn.abort();
  });

  test("--source: from another address of this machine", async () => {
    const [tool, conn] = await dialing("--source", "127.0.0.9");
    expect((conn.remote as AddrPort).addr.toString()).toBe("127.0.0.9");
    await conn.close();
    await tool.end();
    expect(await tool.exited).toBe(0);
  });

  test("--zero: whether a port is open", async () => {
    const listener = await local();
    listener.serve((conn) => void conn.close());
    const open = shop.netwright("dial", "--zero", listener.local.toString());
    expect(await open.exited).toBe(0);
    expect(open.stdout).toMatch(/^connected to 127\.0\.0\.1:\d+ in [\d.]+ ms\n$/);
    await listener.close();
    const closed = shop.netwright("dial", "--zero", listener.local.toString());
    expect([await closed.exited, closed.stdout]).toEqual([1, ""]);
  });

  test("--verbose says when it is connected, and to which process over a Unix socket", async () => {
    const path = join(shop.folder, "v.sock");
    await using listener = await listen("unix", path);
    listener.serve((conn) => void conn.close());
    const tool = shop.netwright("dial", "--verbose", `unix/${path}`);
    await tool.end();
    expect(await tool.exited).toBe(0);
    expect(tool.stderr).toMatch(
      new RegExp(`^connected to ${path} \\(process ${process.pid} of user \\d+, group \\d+\\) in`),
    );
  });

  test("--hexdump: both directions on stderr, and the bytes on stdout", async () => {
    const [tool, conn] = await dialing("--hexdump");
    await tool.write("hello\n");
    await tool.says(/hello/);
    await conn.write(bytesOf("world\n"));
    await conn.close();
    await tool.end();
    expect([await tool.exited, tool.stdout]).toEqual([0, "world\n"]);
    expect(tool.stderr).toBe(
      "> 00000000  68 65 6c 6c 6f 0a                                 |hello.|\n" +
        "< 00000000  77 6f 72 6c 64 0a                                 |world.|\n",
    );
  });

  test("--tap: a capture of the connection", async () => {
    const file = join(shop.folder, "talk.pcapng");
    const [tool, conn] = await dialing("--tap", file);
    await tool.write("ping");
    await tool.end();
    expect(await readAll(conn)).toBe("ping");
    const to = conn.local.toString();
    await conn.write(bytesOf("pong"));
    await conn.close();
    expect(await tool.exited).toBe(0);
    const texts = (await packetsOf(file)).map(({ data }) => decodePacket(data, LINK_TYPE.RAW));
    expect(texts.map(({ payload }) => Buffer.from(payload).toString()).filter((text) => text !== "")).toEqual([
      "ping",
      "pong",
    ]);
    const nowhere = shop.netwright("dial", "--tap", join(shop.folder, "no/such/folder"), to);
    expect([await nowhere.exited, nowhere.stderr.includes("ENOENT")]).toEqual([1, true]);
  });

  test.each(["v1", "v2"])("--proxy-protocol %s: a header ahead of stdin", async (version) => {
    await using listener = expectProxyHeaders(await local());
    const args = ["--proxy-protocol", version, "--proxy-source", "192.0.2.7:4711"];
    const tool = shop.netwright("dial", ...args, listener.local.toString());
    await tool.write("hello");
    await tool.end();
    const conn = (await listener.accept())!;
    expect([proxyHeaderOf(conn)?.version, conn.remote.toString()]).toEqual([Number(version[1]) as 1, "192.0.2.7:4711"]);
    expect(await readAll(conn)).toBe("hello");
    await conn.close();
    expect(await tool.exited).toBe(0);
  });

  test("--linger 0 resets, --keepalive probes", async () => {
    const [, reset] = await dialing("--linger", "0", "--zero");
    expect(String(await reset.read().catch((error: unknown) => error))).toContain("ECONNRESET");
    const [tool, conn] = await dialing("--keepalive", "7s", "--ttl", "9");
    const theirs = listSockets({ networks: ["tcp"] }).find(
      ({ local: end }) => end.toString() === conn.remote.toString(),
    );
    expect(theirs?.timer).toBe("keep-alive");
    expect(theirs!.timerMs).toBeWithin(1, 7001);
    await conn.close();
    await tool.end();
    expect(await tool.exited).toBe(0);
  });

  test("Ctrl-C ends it at once, and what was captured is there", async () => {
    const file = join(shop.folder, "cut.pcapng");
    const [tool, conn] = await dialing("--tap", file);
    await tool.write("sent");
    await conn.read();
    tool.kill("SIGINT");
    expect([await tool.exited, tool.stderr]).toEqual([130, ""]);
    expect((await packetsOf(file)).some(({ data }) => Buffer.from(data).includes("sent"))).toBe(true);
    conn.abort();
  });

  test.each([["SIGINT", 130] as const, ["SIGTERM", 143] as const])(
    "%s: what the system has taken still comes, and then a clean end",
    async (signal, code) => {
      await using listener = await listen("tcp", "127.0.0.1:0", { receiveBufferBytes: 8192 });
      const accepting = listener.accept();
      const tool = shop.netwright("dial", listener.local.toString());
      const conn = (await accepting)!;
      conn.pause();
      await tool.write(new Uint8Array(60_000));
      await until(() => underway(conn) === 60_000, "the system has all");
      tool.kill(signal);
      expect(await tool.exited).toBe(code);
      conn.resume();
      expect((await readAll(conn)).length).toBe(60_000);
    },
  );

  test("Ctrl-C does not wait for a peer that takes nothing", async () => {
    const file = join(shop.folder, "stuck.pcapng");
    const [tool, conn] = await dialing("--tap", file, "--explain", "--interval", "20ms");
    conn.pause();
    const writing = tool.write(new Uint8Array(20_000_000)).catch(() => undefined);
    await tool.says(/its window is closed/);
    tool.kill("SIGINT");
    expect(await tool.exited).toBe(130);
    expect((await packetsOf(file)).length).toBeGreaterThan(0);
    conn.abort();
    await writing;
  });

  test("Ctrl-C with --linger 0 resets", async () => {
    const [tool, conn] = await dialing("--linger", "0");
    await tool.write("x");
    await conn.read();
    tool.kill("SIGINT");
    expect(await tool.exited).toBe(130);
    expect(String(await conn.read().catch((error: unknown) => error))).toContain("ECONNRESET");
  });

  test("a reader of stdout that goes ends it without a word", async () => {
    await using listener = await local();
    listener.serve((conn) => {
      const more = (): void => {
        while (conn.send(new Uint8Array(65_536).fill(0x61)));
      };
      conn.attach({ data() {}, drain: more, end() {}, close() {}, timeout() {} });
      more();
    });
    const pipe = `set -o pipefail; "$0" dial "$1" </dev/null | head -c 5`;
    const tool = shop.start(["bash", "-c", pipe, NETWRIGHT, listener.local.toString()]);
    expect([await tool.exited, tool.stdout, tool.stderr]).toEqual([0, "aaaaa", ""]);
  });

  test("a disk that is full is an error", async () => {
    const listener = await local();
    listener.serve((conn) => {
      conn.attach({ data() {}, drain() {}, end: () => void conn.close(), close() {}, timeout() {} });
      conn.send(new Uint8Array(100_000));
    });
    const tool = shop.start(["sh", "-c", `"$0" dial "$1" </dev/null >/dev/full`, NETWRIGHT, listener.local.toString()]);
    expect([await tool.exited, tool.stderr]).toEqual([
      1,
      "netwright: cannot write to stdout: no space left on device (ENOSPC)\n",
    ]);
    await listener.close();
  });

  test.each([
    [["127.0.0.1"], "the port is missing"],
    [["sctp/127.0.0.1:1"], 'ADDRESS: "sctp" in "sctp/127.0.0.1:1" is no network'],
    [["unix/"], "has no address"],
    [["127.0.0.1:65536"], 'the port "65536" is no number from 1 to 65535'],
    [["--lines", "127.0.0.1:1"], "--lines is for udp, udp4, udp6, unixgram, unixpacket, and not for tcp"],
    [["--no-shutdown", "udp/127.0.0.1:1"], "--no-shutdown is for tcp"],
    [["--proxy-protocol", "v2", "udp/127.0.0.1:1"], "--proxy-protocol is for"],
    [["--proxy-source", "192.0.2.1:1", "127.0.0.1:1"], "--proxy-source needs --proxy-protocol"],
    [["--proxy-protocol", "v3", "127.0.0.1:1"], "Allowed choices are v1, v2"],
    [["--size", "0", "udp/127.0.0.1:1"], "a packet has at least 1 byte"],
    [["--ttl", "256", "127.0.0.1:1"], "it is 1 to 255"],
    [["--wait", "soon", "127.0.0.1:1"], "it is no duration"],
    [["--interval", "0", "127.0.0.1:1"], "it is at least 1ms"],
    [[], "missing required argument 'address'"],
  ])("a wrong command line: %j", async (args, says) => {
    const tool = shop.netwright("dial", ...args);
    expect([await tool.exited, tool.stdout]).toEqual([2, ""]);
    expect(tool.stderr).toContain(says);
  });
});

describe("netwright dial: datagrams", () => {
  test("a chunk is a packet, cut by --size; answers are waited for", async () => {
    await using server = await listen("udp", "127.0.0.1:0");
    const tool = shop.netwright("dial", "--size", "4", "--wait", "forever", `udp/${server.local.toString()}`);
    await tool.write("abcdefghi");
    const packets = [await server.recv(), await server.recv(), await server.recv()];
    expect(packets.map((packet) => Buffer.from(packet!.data).toString())).toEqual(["abcd", "efgh", "i"]);
    await tool.end();
    await server.send(bytesOf("late"), packets[0]!.from);
    await tool.prints(/late/);
    tool.kill("SIGINT");
    expect(await tool.exited).toBe(130);
  });

  test("--lines: a line is a packet, a packet is a line", async () => {
    await using server = await listen("udp", "127.0.0.1:0");
    const tool = shop.netwright("dial", "--lines", "--wait", "100ms", `udp/${server.local.toString()}`);
    await tool.write("one\r\n\nthree");
    await tool.end();
    const packets = [await server.recv(), await server.recv(), await server.recv()];
    expect(packets.map((packet) => Buffer.from(packet!.data).toString())).toEqual(["one", "", "three"]);
    for (const { data, from } of packets.map((packet) => packet!)) await server.send(data, from);
    expect([await tool.exited, tool.stdout]).toEqual([0, "one\n\nthree\n"]);
  });

  test("a packet that is too large is told with what would not be", async () => {
    await using server = await listen("udp", "127.0.0.1:0");
    const tool = shop.netwright("dial", "--lines", `udp/${server.local.toString()}`);
    await tool.write(`${"x".repeat(65_508)}\n`);
    await tool.end();
    expect(await tool.exited).toBe(1);
    expect(tool.stderr).toContain("message too long (EMSGSIZE); a datagram carries at most 65507 bytes");
  });

  test("a refusal is an error", async () => {
    const tool = shop.netwright("dial", `udp/${await closedUdpPort()}`);
    await tool.write("anybody?\n");
    expect(await tool.exited).toBe(1);
    expect(tool.stderr).toMatch(/connection refused \(ECONNREFUSED\)/);
  });

  test("--zero asks for a refusal, an answer, or neither", async () => {
    const refused = shop.netwright("dial", "--zero", `udp/${await closedUdpPort()}`);
    expect([await refused.exited, refused.stdout]).toEqual([1, ""]);
    await using server = await listen("udp", "127.0.0.1:0");
    const address = server.local.toString();
    const silent = shop.netwright("dial", "--zero", "--wait", "100ms", `udp/${address}`);
    expect([await silent.exited, silent.stdout]).toEqual([
      0,
      `${address} did not refuse within 0.1 s: open, or filtered\n`,
    ]);
    await server.recv();
    const answered = shop.netwright("dial", "--zero", "--wait", "1m", `udp/${address}`);
    await server.send(bytesOf("!"), (await server.recv())!.from);
    expect([await answered.exited, answered.stdout]).toEqual([0, `${address} answered\n`]);
  });

  test("--hexdump and --tap, packet by packet", async () => {
    await using server = await listen("udp", "127.0.0.1:0");
    const file = join(shop.folder, "udp.pcapng");
    const tool = shop.netwright("dial", "-x", "--tap", file, "--wait", "100ms", `udp/${server.local.toString()}`);
    await tool.write("ping");
    await tool.end();
    const { data, from } = (await server.recv())!;
    await server.send(data, from);
    expect(await tool.exited).toBe(0);
    expect(tool.stderr).toBe(
      `> 4 bytes to ${server.local.toString()}\n> 00000000  70 69 6e 67                                       |ping|\n` +
        `< 4 bytes from ${server.local.toString()}\n< 00000000  70 69 6e 67                                       |ping|\n`,
    );
    const ports = (await packetsOf(file)).map((packet) => decodePacket(packet.data, LINK_TYPE.RAW).udp!);
    const { port } = server.local;
    expect(ports.map(({ sourcePort, destinationPort }) => [sourcePort === port, destinationPort === port])).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  test("--broadcast: everybody is asked, and whoever answers is heard", async () => {
    await using server = await listen("udp4", "0.0.0.0:0");
    const address = `udp/127.255.255.255:${server.local.port}`;
    const denied = shop.netwright("dial", address);
    expect([await denied.exited, denied.stderr.includes("(EACCES)")]).toEqual([1, true]);
    const tool = shop.netwright("dial", "--broadcast", "--lines", "--wait", "100ms", address);
    await tool.write("who?\n");
    await tool.end();
    await server.send(bytesOf("I"), (await server.recv())!.from);
    expect([await tool.exited, tool.stdout]).toEqual([0, "I\n"]);
  });

  test("unixgram is bound, so that it is answered; --source says where", async () => {
    const [path, own] = [join(shop.folder, "s"), join(shop.folder, "own")];
    await using server = await listen("unixgram", path);
    const tool = shop.netwright("dial", "--source", own, `unixgram/${path}`);
    await tool.write("hello");
    const { from } = (await server.recv())!;
    expect(from.toString()).toBe(own);
    await server.send(bytesOf("answer"), from);
    await tool.prints(/answer/);
    await tool.end();
    expect(await tool.exited).toBe(0);
    const zero = shop.netwright("dial", "--zero", `unixgram/${path}`);
    expect([await zero.exited, zero.stdout]).toEqual([0, `connected to ${path}\n`]);
  });

  test("unixpacket: records stay apart, and the peer's end is the end", async () => {
    const path = join(shop.folder, "p");
    await using listener = await listen("unixpacket", path);
    const tool = shop.netwright("dial", "--lines", `unixpacket/${path}`);
    const conn = (await listener.accept())!;
    await tool.write("a\nbb\n");
    expect([(await conn.recv())!.data.length, (await conn.recv())!.data.length]).toEqual([1, 2]);
    await conn.send(bytesOf("ccc"));
    await conn.close();
    expect([await tool.exited, tool.stdout]).toEqual([0, "ccc\n"]);
  });
});
