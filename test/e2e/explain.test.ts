import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Addr } from "../../src/addr/index.ts";
import { type Conn, dial, listen } from "../../src/net/index.ts";
import { closeDescriptor, makeListeningSocket } from "../../src/sys/index.ts";
import { NETWRIGHT, type ToolProcess } from "../tool-process.ts";
import { useWorkshop } from "./tools.ts";

const shop = useWorkshop();

async function explaining(...flags: readonly string[]): Promise<readonly [ToolProcess, Conn]> {
  await using listener = await listen("tcp", "127.0.0.1:0", { receiveBufferBytes: 8192 });
  const accepting = listener.accept();
  const tool = shop.netwright("dial", "--explain", ...flags, listener.local.toString());
  return [tool, (await accepting)!];
}

describe("netwright dial --explain", () => {
  test("tells the handshake, both ends, and what is left; stdout stays the peer's", async () => {
    const [tool, conn] = await explaining();
    await tool.write("question");
    await tool.end();
    for await (const _ of conn);
    await conn.write(new TextEncoder().encode("answer"));
    await conn.close();
    expect([await tool.exited, tool.stdout]).toEqual([0, "answer"]);
    const at = String.raw` +[\d.]+ m?s  `;
    const lines = [
      `${at}trying 127\\.0\\.0\\.1:\\d+: SYN`,
      `${at}127\\.0\\.0\\.1:\\d+ answered: SYN-ACK; the handshake took [\\d.]+ ms`,
      `${at}connected 127\\.0\\.0\\.1:\\d+ to 127\\.0\\.0\\.1:\\d+`,
      String.raw` +segments of up to \d+ bytes, path MTU \d+, round trip [\d.]+ ms`,
      String.raw` +it takes .* at first, we .*; congestion window \d+ segments`,
    ];
    expect(tool.stderr).toMatch(new RegExp(`^${lines.join("\n")}\n`));
    expect(tool.stderr).toMatch(/SENT ACKED QUEUED RECVD ITSWIN OURWIN +CWND RTTms RESENT STATE\n/);
    expect(tool.stderr).toMatch(/stdin has ended: this side closes \(FIN\)/);
    expect(tool.stderr).toMatch(/the peer has closed its side, too \(FIN\)/);
    // What the system counts for SYN and FIN is not told as bytes.
    expect(tool.stderr).toMatch(/ sent 8 B, acknowledged 8 B, /);
    expect(tool.stderr).toMatch(/ received 6 B, /);
    expect(tool.stderr).toMatch(/ this side closed first; left in (?:TIME_WAIT|CLOSED): .*\n$/);
  });

  test("on a terminal of 80 columns no line is wider", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    listener.serve((conn) => void conn.close());
    let shown = "";
    const child = Bun.spawn([NETWRIGHT, "dial", "--explain", "--wait", "0", listener.local.toString()], {
      terminal: { cols: 80, rows: 24, data: (_terminal, bytes) => void (shown += Buffer.from(bytes).toString()) },
    });
    expect(await child.exited).toBe(0);
    child.terminal!.close();
    expect(shown).toMatch(/ESTABLISHED|CLOSE_WAIT/);
    expect(
      Bun.stripANSI(shown)
        .split("\r\n")
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  test("a slow reader: the window closes, the stall is told while it lasts, and the progress goes on after it", async () => {
    const [tool, conn] = await explaining("--interval", "30ms");
    const writing = tool.write(new Uint8Array(8_000_000));
    await tool.says(/! the peer reads too slowly: its window is closed, \d+ ms of its life, \d+ bytes wait here/);
    let read = 0;
    const reading = (async () => {
      for await (const { length } of conn) read += length;
    })();
    await writing;
    await tool.end();
    await reading;
    await conn.close();
    expect([await tool.exited, read]).toEqual([0, 8_000_000]);
    expect(tool.stderr).toMatch(/of that held by the peer's window [1-9][\d.]* ms/);
    expect(tool.stderr).toMatch(/ sent 7\.6 MiB, acknowledged 7\.6 MiB, unacknowledged 0 segments, waiting 0 B/);
  });

  test("a peer that closes first leaves CLOSE_WAIT, until stdin has ended", async () => {
    const [tool, conn] = await explaining("--interval", "30ms");
    await conn.closeWrite();
    await tool.says(/CLOSE_WAIT\n.*the peer has closed its side \(FIN\): it sends no more, and may still read/);
    await tool.write("more");
    await tool.end();
    for await (const _ of conn);
    expect(await tool.exited).toBe(0);
    expect(tool.stderr).toMatch(/ the peer closed first; left in (?:LAST_ACK|CLOSED): /);
  });

  test("a reset is told", async () => {
    const [tool, conn] = await explaining();
    await tool.write("x");
    await conn.read();
    conn.abort();
    expect(await tool.exited).toBe(1);
    expect(tool.stderr).toMatch(/ failed: read tcp .*: connection reset by peer \(ECONNRESET\)\n/);
    expect(tool.stderr).toMatch(/ left in CLOSED: nothing is left of it here\nnetwright: read tcp/);
  });

  test("an address that does not answer: the SYN is sent again, then the time is over", async () => {
    // A full queue of one: the system leaves further connections unanswered.
    const { fd, port } = makeListeningSocket({ network: "tcp", addr: Addr.parse("127.0.0.1"), port: 0, backlog: 0 });
    const first = await dial("tcp", `127.0.0.1:${port}`);
    const tool = shop.netwright(
      "dial",
      "--explain",
      "--zero",
      "--timeout",
      "1500ms",
      "--interval",
      "100ms",
      `127.0.0.1:${port}`,
    );
    await tool.says(new RegExp(`127\\.0\\.0\\.1:${port} has not answered\n`));
    await tool.says(new RegExp(`127\\.0\\.0\\.1:${port} has not answered, the SYN was sent again once\n`));
    expect([await tool.exited, tool.stdout]).toEqual([1, ""]);
    expect(tool.stderr).toMatch(
      /: timed out \(ETIMEDOUT\); nothing came back, the SYN was sent again once: a dead host, or a filter that drops\n/,
    );
    first.abort();
    closeDescriptor(fd);
  });

  test("a name: what the look-up gave, and which addresses were tried", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    listener.serve((conn) => void conn.close());
    const { port } = new URL(`tcp://${listener.local.toString()}`);
    const tool = shop.netwright("dial", "--explain", "--zero", `localhost:${port}`);
    expect(await tool.exited).toBe(0);
    expect(tool.stdout).toMatch(/^connected to 127\.0\.0\.1:\d+ in /);
    expect(tool.stderr).toMatch(/ looking up localhost\n/);
    expect(tool.stderr).toMatch(/ localhost has IPv4: 127\.0\.0\.1\n/);
    expect(tool.stderr).toMatch(new RegExp(` trying 127\\.0\\.0\\.1:${port}: SYN\n`));
  });

  test("UDP and Unix sockets have less to tell", async () => {
    await using server = await listen("udp", "127.0.0.1:0");
    const udp = shop.netwright("dial", "--explain", "--wait", "0", `udp/${server.local.toString()}`);
    await udp.write("x");
    await udp.end();
    expect(await udp.exited).toBe(0);
    expect(udp.stderr).toMatch(/ ready to send from 127\.0\.0\.1:\d+ to 127\.0\.0\.1:\d+\n.*UDP shakes no hands/);
    expect(udp.stderr).toMatch(/ sent 1 B in 1 packet, received 0 B in 0 packets\n$/);
    const path = join(shop.folder, "s");
    await using listener = await listen("unix", path);
    listener.serve((conn) => void conn.close());
    const unix = shop.netwright("dial", "--explain", `unix/${path}`);
    await unix.end();
    expect(await unix.exited).toBe(0);
    expect(unix.stderr).toMatch(new RegExp(` connected to ${path} \\(process ${process.pid} of user`));
    expect(unix.stderr).toMatch(/ sent 0 B, received 0 B\n$/);
  });
});
