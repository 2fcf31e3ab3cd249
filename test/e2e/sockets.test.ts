import { describe, expect, test } from "bun:test";
import type { AddrPort } from "../../src/addr/index.ts";
import { dial, type Listener, listen } from "../../src/net/index.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

async function netwright(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const child = stage.start([...words]);
  const code = await child.exited;
  return { code, out: child.stdout, err: child.stderr };
}

function portOf(listener: Listener): string {
  return String((listener.local as AddrPort).port);
}

/** What is listed of a connection and its listener. */
const STATE_COUNTS: Readonly<Record<string, RegExp>> = {
  ESTABLISHED: /\n2 sockets listed \(2 ESTABLISHED\)/,
  established: /\n2 sockets listed \(2 ESTABLISHED\)/,
  "time-wait": /^0 sockets listed\n$/,
  Listen: /\n1 socket listed \(1 LISTEN\)/,
};

describe("netwright sockets", () => {
  test("a table for people, with what is wrong and the detail of a connection", async () => {
    const listener = await listen("tcp", "127.0.0.1:0");
    const accepting = listener.accept();
    const client = await dial("tcp", listener.local.toString());
    const served = (await accepting)!;
    await client.write(new Uint8Array(1000));
    await client.closeWrite();
    await served.read();
    const { out, code } = await netwright("sockets", "--port", portOf(listener), "--detail");
    expect(code).toBe(0);
    expect(out).toMatch(/^NETWORK {2}STATE +RECV-Q {2}SEND-Q {2}LOCAL +REMOTE +PROCESS\n/);
    expect(out).toMatch(new RegExp(`tcp +LISTEN .* ${listener.local.toString()} +- +\\S+/${process.pid}`));
    expect(out).toContain("  ! the peer has closed and this process has not: it forgets to close");
    expect(out).toContain("    sent 1000 B, acknowledged");
    expect(out).toMatch(/\n3 sockets listed \(1 LISTEN, 1 \w+, 1 \w+\)/);
    const bad = await netwright("sockets", "--port", portOf(listener), "--problems");
    expect([bad.code, bad.out.includes("CLOSE_WAIT"), bad.out.includes("LISTEN")]).toEqual([1, true, false]);
    await Promise.all([client.close(), served.close(), listener.close()]);
    const good = await netwright("sockets", "--port", portOf(listener), "--problems");
    expect(good.code).toBe(0);
    expect(good.out).toStartWith("0 sockets with something wrong");
  });

  test("JSON for programs", async () => {
    await using listener = await listen("tcp", "[::1]:0");
    const { out } = await netwright("sockets", "--port", portOf(listener), "--state", "LISTEN", "--json");
    const [entry, ...others] = JSON.parse(out);
    expect(others).toEqual([]);
    expect(entry).not.toHaveProperty("info");
    expect(entry).toMatchObject({ network: "tcp", state: "LISTEN", local: listener.local.toString(), problems: [] });
    expect(entry.owners.map(({ pid }: { pid: number }) => pid)).toContain(process.pid);
  });

  test("a state is known however it is written", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const conns = await Promise.all([dial("tcp", listener.local.toString()), listener.accept()]);
    for (const state of ["ESTABLISHED", "established", "time-wait", "Listen"]) {
      const { code, out } = await netwright("sockets", "--port", portOf(listener), "-s", state);
      expect([code, out]).toEqual([0, expect.stringMatching(STATE_COUNTS[state]!)]);
    }
    const { out } = await netwright("sockets", "--port", portOf(listener), "-s", "established", "--json");
    const ms = JSON.parse(out).flatMap(({ info }: { info: Record<string, number> }) =>
      Object.entries(info).flatMap(([name, value]) => (name.endsWith("Ms") ? [value] : [])),
    );
    expect(ms.length).toBeGreaterThan(0);
    for (const each of ms) expect(String(each)).toMatch(/^\d+(\.\d{1,3})?$/);
    for (const conn of conns) conn!.abort();
  });

  test("a flag that is wrong", async () => {
    const { code, err } = await netwright("sockets", "--port", "70000");
    expect([code, err.includes("it is no number from 0 to 65535 and no service's name")]).toEqual([2, true]);
    expect((await netwright("sockets", "--network", "sctp")).err).toContain("tcp, udp, unix, unixgram, unixpacket");
  });
});

describe("netwright tcping", () => {
  test("connects as often as it is told and sums up", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    listener.serve((conn) => void conn.close());
    const { out, code } = await netwright("tcping", "-c", "2", "-i", "1ms", listener.local.toString());
    expect(code).toBe(0);
    const line = `connected to ${listener.local.toString()} in [\\d.]+ ms`;
    expect(out).toMatch(
      new RegExp(
        `^1  ${line}\n2  ${line}\n2 tried, 2 connected, 0 % lost; min [\\d.]+ ms, avg [\\d.]+ ms, max [\\d.]+ ms\n$`,
      ),
    );
  });

  test("exit 1 when a try failed, and JSON lines", async () => {
    const listener = await listen("tcp", "127.0.0.1:0");
    await listener.close();
    const { out, code } = await netwright("tcping", "--json", "-c", "1", listener.local.toString());
    const [reply, summary] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(reply).toMatchObject({ sequence: 1, code: "ECONNREFUSED" });
    expect(summary).toEqual({ sent: 1, connected: 0, lossPercent: 100 });
  });

  test("an address that is none", async () => {
    const { err, code } = await netwright("tcping", "127.0.0.1");
    expect([code, err]).toEqual([
      2,
      'netwright: cannot parse "127.0.0.1": the port is missing: write host:port (at 9)\n',
    ]);
    expect((await netwright("tcping", "127.0.0.1:nothing")).err).toContain("nothing");
  });

  test("a look-up that fails is a try that failed, with a line and in the summary", async () => {
    const { code, err, out } = await netwright("tcping", "--json", "-c", "2", "-i", "1ms", "nowhere.invalid:80");
    const [first, second, summary] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([code, err]).toEqual([1, ""]);
    expect([first, second]).toMatchObject([
      { sequence: 1, code: "ENOTFOUND" },
      { sequence: 2, code: "ENOTFOUND" },
    ]);
    expect(summary).toEqual({ sent: 2, connected: 0, lossPercent: 100 });
  });

  test("its help has durations as they are written", async () => {
    const { out } = await netwright("tcping", "--help");
    expect(out).toMatch(/--interval .*\(default: 1s\)/);
    expect(out).toMatch(/--wait .*\(default: 5s\)/);
  });
});
