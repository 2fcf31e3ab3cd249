import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Addr, AddrPort } from "../../src/addr/index.ts";
import { type Conn, dial, encodeProxyHeader } from "../../src/net/index.ts";
import { PcapngReader } from "../../src/packet/index.ts";
import type { ToolProcess } from "../tool-process.ts";
import { useWorkshop } from "./tools.ts";

const shop = useWorkshop();

/** A listen, and where it says it listens. */
async function listening(...args: readonly string[]): Promise<readonly [ToolProcess, string]> {
  const tool = shop.netwright("listen", ...args);
  const [, said] = await tool.says(/^listening on (?:[a-z0-9]+\/)?(\S+)\n/);
  return [tool, said!];
}

async function readAll(conn: Conn): Promise<string> {
  return Buffer.concat(await Array.fromAsync(conn)).toString();
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What somebody gets who writes a text, ends, and reads to the end. */
async function talk(address: string, text: string): Promise<string> {
  await using conn = await dial("tcp", address);
  await conn.write(bytesOf(text));
  await conn.closeWrite();
  return await readAll(conn);
}

describe("netwright listen", () => {
  test("the first who connects is the peer; when both have ended, so has it", async () => {
    const [tool, address] = await listening("127.0.0.1:0");
    await tool.write("welcome\n");
    await tool.end();
    expect(await talk(address, "thanks\n")).toBe("welcome\n");
    expect([await tool.exited, tool.stdout]).toEqual([0, "thanks\n"]);
    expect(tool.stderr).toMatch(/^listening on 127\.0\.0\.1:\d+\nconnection from 127\.0\.0\.1:\d+\n$/);
  });

  test("Ctrl-C ends it with a clean end for its peer", async () => {
    const [tool, address] = await listening("127.0.0.1:0");
    await using conn = await dial("tcp", address);
    await tool.write("welcome");
    expect(Buffer.from((await conn.read())!).toString()).toBe("welcome");
    tool.kill("SIGINT");
    expect([await tool.exited, await readAll(conn)]).toEqual([130, ""]);
  });

  test("others are refused while the first is there", async () => {
    const [tool, address] = await listening("127.0.0.1:0");
    await using first = await dial("tcp", address);
    await tool.says(/connection from/);
    const second = await dial("tcp", address).then(
      async (conn) => conn.read().catch((error: unknown) => error),
      (error: unknown) => error,
    );
    expect(String(second)).toMatch(/ECONNREFUSED|ECONNRESET/);
    await first.write(bytesOf("x"));
    await tool.prints(/x/);
    await first.closeWrite();
    await tool.end();
    expect(await tool.exited).toBe(0);
  });

  test("--keep-open: one after the other; stdin is for who is there, and its end for all that follow", async () => {
    const [tool, address] = await listening("--keep-open", "127.0.0.1:0");
    const first = await dial("tcp", address);
    await tool.write("for the first\n");
    expect(Buffer.from((await first.read())!).toString()).toBe("for the first\n");
    await first.write(bytesOf("1"));
    await tool.prints(/1/);
    first.abort();
    await tool.says(/connection reset by peer/);
    const second = dial("tcp", address);
    await tool.write("for the second\n");
    await tool.end();
    expect(await readAll(await second)).toBe("for the second\n");
    await (await second).close();
    expect(await talk(address, "3")).toBe("");
    await tool.prints(/^13$/);
    tool.kill("SIGTERM");
    expect(await tool.exited).toBe(143);
  });

  test("--quiet says nothing", async () => {
    const path = join(shop.folder, "q");
    const tool = shop.netwright("listen", "--quiet", `unix/${path}`);
    let conn: Conn | undefined;
    while (conn === undefined) conn = await dial("unix", path).catch(() => undefined);
    await conn.close();
    await tool.end();
    expect([await tool.exited, tool.stderr]).toEqual([0, ""]);
  });

  test.each(["unix", "unixgram", "unixpacket"])("--mode of a socket file: %s", async (network) => {
    const path = join(shop.folder, "m");
    await listening("--mode", "0622", `${network}/${path}`);
    expect((statSync(path).mode & 0o777).toString(8)).toBe("622");
  });

  test("a Unix peer is told by its process", async () => {
    const [tool, path] = await listening(`unix/${join(shop.folder, "u")}`);
    await using conn = await dial("unix", path);
    await tool.says(new RegExp(`connection from process ${process.pid} of user \\d+, group \\d+\\n`));
    await conn.close();
    await tool.end();
    expect(await tool.exited).toBe(0);
  });

  test("--proxy-protocol: the client that the header tells; without a header a connection is reset", async () => {
    const [tool, address] = await listening("--proxy-protocol", "any", "127.0.0.1:0");
    await using stranger = await dial("tcp", address);
    await stranger.write(bytesOf("GET / HTTP/1.1\r\n\r\n"));
    expect(String(await stranger.read().catch((error: unknown) => error))).toContain("ECONNRESET");
    await tool.says(/^127\.0\.0\.1:\d+ rejected: .*PROXY header/m);
    await using conn = await dial("tcp", address);
    const [source, destination] = [AddrPort.parse("192.0.2.7:1"), AddrPort.parse("192.0.2.8:2")];
    await conn.write(
      encodeProxyHeader({ version: 2, local: false, tlvs: [], ends: { transport: "tcp", source, destination } }),
    );
    await conn.write(bytesOf("hello"));
    await tool.says(/connection from 192\.0\.2\.7:1\n/);
    await conn.closeWrite();
    await tool.end();
    expect([await tool.exited, tool.stdout]).toEqual([0, "hello"]);
  });

  test("--tap and --hexdump of an accepted connection", async () => {
    const file = join(shop.folder, "in.pcapng");
    const [tool, address] = await listening("--tap", file, "--hexdump", "127.0.0.1:0");
    await tool.end();
    expect(await talk(address, "in")).toBe("");
    expect([await tool.exited, tool.stderr.includes("< 00000000  69 6e ")]).toEqual([0, true]);
    const packets = new PcapngReader().push(await readFile(file)).filter((block) => block.kind === "packet");
    expect(packets.some(({ data }) => Buffer.from(data).toString("latin1").endsWith("in"))).toBe(true);
  });

  test("UDP: the first sender is the peer, others are not heard, and that is told", async () => {
    const [tool, address] = await listening("udp/127.0.0.1:0");
    await tool.write("welcome");
    await using first = await dial("udp", address);
    await first.send(bytesOf("first "));
    expect(Buffer.from((await first.recv())!.data).toString()).toBe("welcome");
    await using stranger = await dial("udp", address);
    await stranger.send(bytesOf("stranger"));
    await tool.says(new RegExp(`${stranger.local.toString()} is not heard while ${first.local.toString()} is`));
    await first.send(bytesOf("again"));
    await tool.prints(/^first again$/);
    tool.kill("SIGINT");
    expect(await tool.exited).toBe(130);
  });

  test("UDP with --keep-open hears everybody, and answers who spoke last", async () => {
    const [tool, address] = await listening("--keep-open", "--lines", "udp/127.0.0.1:0");
    await using one = await dial("udp", address);
    await using two = await dial("udp", address);
    await one.send(bytesOf("1"));
    await tool.prints(/^1\n$/);
    await two.send(bytesOf("2"));
    await tool.prints(/^1\n2\n$/);
    await tool.write("to two\n");
    expect(Buffer.from((await two.recv())!.data).toString()).toBe("to two");
  });

  test("--wait: datagrams end with silence after stdin's end", async () => {
    const [tool, address] = await listening("--wait", "100ms", "udp/127.0.0.1:0");
    await tool.end();
    await using peer = await dial("udp", address);
    await peer.send(bytesOf("only"));
    expect([await tool.exited, tool.stdout]).toEqual([0, "only"]);
  });

  test("an unbound unixgram peer is heard and cannot be answered", async () => {
    const [tool, path] = await listening("--keep-open", `unixgram/${join(shop.folder, "g")}`);
    await using unbound = await dial("unixgram", path);
    await unbound.send(bytesOf("hello "));
    await tool.says(/the peer is not bound to an address: it cannot be answered/);
    await using bound = await dial("unixgram", path, { localAddress: "@" });
    await bound.send(bytesOf("there"));
    await tool.prints(/^hello there$/);
    await tool.write("answer");
    expect(Buffer.from((await bound.recv())!.data).toString()).toBe("answer");
  });

  test("what cannot be listened on", async () => {
    const taken = shop.netwright("listen", `127.0.0.1:${(await occupied()).port}`);
    expect([await taken.exited, taken.stderr.includes("address already in use")]).toEqual([1, true]);
    const long = shop.netwright("listen", `unix/${"x".repeat(108)}`);
    expect([await long.exited, long.stderr.includes("at most 107 bytes, this one has 108")]).toEqual([2, true]);
    const mode = shop.netwright("listen", "--mode", "0999", "unix/x");
    expect([await mode.exited, mode.stderr.includes("it is no mode such as 0666")]).toEqual([2, true]);
    const tcp = shop.netwright("listen", "--mode", "0666", "127.0.0.1:0");
    expect([await tcp.exited, tcp.stderr]).toEqual([
      2,
      "netwright: --mode is for unix, unixgram, unixpacket, and not for tcp\n",
    ]);
  });
});

/** A port that another one of these listens on. */
async function occupied(): Promise<AddrPort> {
  const [, address] = await listening("127.0.0.1:0");
  return AddrPort.parse(address);
}

describe("netwright echo", () => {
  test("several addresses of every kind; --mode is for the files among them", async () => {
    const [stream, datagram, packet] = ["s", "d", "p"].map((name) => join(shop.folder, name));
    const args = ["127.0.0.1:0", "udp/:0", `unix/${stream}`, `unixgram/${datagram}`, `unixpacket/${packet}`];
    const tool = shop.netwright("echo", "--verbose", "--mode", "0666", ...args);
    const [, tcp, udp] = await tool.prints(/^echoing on (\S+)\nechoing on udp\/(\S+)\n(?:echoing.*\n){3}/);
    expect(await talk(tcp!, "tcp")).toBe("tcp");
    await using udpConn = await dial("udp", udp!.replace("[::]", Addr.parse("127.0.0.1").toString()));
    await using gram = await dial("unixgram", datagram!, { localAddress: "@" });
    await using records = await dial("unixpacket", packet!);
    for (const conn of [udpConn, gram, records]) {
      for (const text of ["one", "", "two"]) await conn.send(bytesOf(text));
      const answers = [await conn.recv(), await conn.recv(), await conn.recv()];
      expect(answers.map((answer) => Buffer.from(answer!.data).toString())).toEqual(["one", "", "two"]);
    }
    expect((statSync(stream!).mode & 0o777).toString(8)).toBe("666");
    await tool.says(/^tcp 127\.0\.0\.1:\d+ ended: 3 bytes\n/m);
    await tool.says(/^udp \S+: 3 bytes\n/m);
    await tool.says(new RegExp(`^unixpacket .* \\(process ${process.pid} `, "m"));
    await records.close();
    tool.kill("SIGTERM");
    expect(await tool.exited).toBe(0);
  });

  test("a peer that does not read is not read from, and has it all in the end", async () => {
    const tool = shop.netwright("echo", "127.0.0.1:0");
    const [, address] = await tool.prints(/^echoing on (\S+)\n/);
    await using conn = await dial("tcp", address!);
    const bytes = new Uint8Array(20_000_000).fill(7);
    // Without a limit the write ends only when the echo has taken everything, though nobody reads it.
    await expectStuck(conn.write(bytes, { timeoutMs: 500 }));
    conn.abort();
    expect(await talk(address!, "x".repeat(3_000_000))).toBe("x".repeat(3_000_000));
  });

  test("SIGTERM lets connections finish", async () => {
    const tool = shop.netwright("echo", "127.0.0.1:0");
    const [, address] = await tool.prints(/^echoing on (\S+)\n/);
    const conn = await dial("tcp", address!);
    await conn.write(bytesOf("early"));
    await conn.read();
    tool.kill("SIGTERM");
    while (
      await dial("tcp", address!).then(
        (other) => (other.abort(), true),
        () => false,
      )
    );
    await conn.write(bytesOf("late"));
    expect(Buffer.from((await conn.read())!).toString()).toBe("late");
    await conn.close();
    expect(await tool.exited).toBe(0);
  });

  test("one address that cannot be had ends it", async () => {
    const tool = shop.netwright("echo", "127.0.0.1:0", "unix//no/such/folder/s");
    expect([await tool.exited, tool.stderr.includes("the directory does not exist")]).toEqual([1, true]);
    const mode = shop.netwright("echo", "--mode", "0666", "127.0.0.1:0");
    expect([await mode.exited, mode.stderr.includes("--mode is for unix")]).toEqual([2, true]);
  });
});

async function expectStuck(writing: Promise<void>): Promise<void> {
  expect(String(await writing.catch((error: unknown) => error))).toContain("ETIMEDOUT");
}
