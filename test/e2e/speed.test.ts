import { afterEach, describe, expect, test } from "bun:test";
import { type Conn, dial, listen } from "../../src/net/index.ts";
import { until } from "./processes.ts";
import { ServerProcess } from "./server-process.ts";

/** What a test's result is looked at for. */
interface Figures {
  readonly received: { readonly bytes: number; readonly bitsPerSecond: number; readonly udp?: object };
  readonly sent: { readonly bytes: number; readonly tcp?: object; readonly packets?: readonly number[] };
  readonly intervals: readonly { readonly fromMs: number; readonly toMs: number; readonly bytes: number }[];
}
interface Result {
  readonly protocol: string;
  readonly up?: Figures;
  readonly down?: Figures;
  readonly latency: { readonly idle: object; readonly loaded: object };
}

const LATENCY = { samples: expect.any(Number), minMs: expect.any(Number), p99Ms: expect.any(Number) };

describe("netwright speed", () => {
  const started: ServerProcess[] = [];
  const conns: Conn[] = [];
  afterEach(async () => {
    for (const conn of conns.splice(0)) conn.abort();
    for (const one of started.splice(0)) {
      one.kill("SIGKILL");
      await one.exited;
    }
  });

  function start(...args: string[]): ServerProcess {
    const made = new ServerProcess(["speed", ...args]);
    started.push(made);
    return made;
  }

  async function serving(...args: string[]): Promise<readonly [ServerProcess, string]> {
    const server = start("serve", "127.0.0.1:0", ...args);
    await until(() => server.stdout.includes("\n"), "it serves");
    return [server, /^waiting for tests on (\S+),/.exec(server.stdout)![1]!];
  }

  async function connected(address: string): Promise<Conn> {
    const conn = await dial("tcp", address);
    conns.push(conn);
    return conn;
  }

  async function measured(address: string, ...args: string[]): Promise<Result> {
    const client = start(address, "--json", "--time", "400ms", "--interval", "100ms", ...args);
    expect(await client.exited, client.stderr).toBe(0);
    return JSON.parse(client.stdout) as Result;
  }

  test("measures TCP, both ways at once, with several streams", async () => {
    const [, address] = await serving();
    const result = await measured(address, "--both", "--streams", "2", "--rate", "20mbit");
    expect(result).toMatchObject({ protocol: "tcp", streams: 2, latency: { idle: LATENCY, loaded: LATENCY } });
    for (const { intervals, received, sent } of [result.up!, result.down!]) {
      expect(received.bytes).toBeGreaterThan(0);
      expect(sent.tcp).toMatchObject({ retransmits: expect.any(Number), rttMs: expect.any(Number) });
      expect(intervals.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(received.bytes);
      for (const [i, { fromMs }] of intervals.entries()) expect(fromMs).toBe(i === 0 ? 0 : intervals[i - 1]!.toMs);
    }
  });

  test.each(["--reverse", "--both"])("measures UDP, %s: what was sent arrived or was lost", async (way) => {
    const [, address] = await serving();
    const result = await measured(address, "--udp", "--rate", "5mbit", way);
    expect(result.up === undefined).toBe(way === "--reverse");
    for (const { received, sent } of [result.up, result.down].filter((one) => one !== undefined)) {
      const { lost, packets } = received.udp as { readonly lost: number; readonly packets: number };
      expect(packets).toBeGreaterThan(0);
      expect(packets + lost).toBe(sent.packets!.reduce((sum, one) => sum + one, 0));
      expect(received.bytes).toBe(packets * 1448);
    }
  });

  test("prints lines for people", async () => {
    const [server, address] = await serving();
    const client = start(address, "--time", "300ms", "--rate", "20mbit");
    expect(await client.exited, client.stderr).toBe(0);
    expect(client.stdout).toMatch(
      /^127\.0\.0\.1:\d+: TCP from here to there, 1 stream at 20\.0 Mbit\/s, 0\.3 s\n\nWAY .*\nup .*bit\/s.*\n\nup: arrived .*bit\/s, .* in .* s\n {4}sent .*\n\nROUND TRIP .*\nidle .* ms\nunder load .* ms\n$/,
    );
    await until(() => server.stdout.includes(": done\n"), "the server is done");
  });

  test("a server that is busy says so, and is free again when a client vanishes", async () => {
    const [server, address] = await serving("--tests", "1");
    const first = start(address, "--time", "60s", "--rate", "1mbit");
    await until(() => first.stdout.includes("WAY"), "the first test runs");
    const second = start(address, "--time", "100ms");
    expect(await second.exited).toBe(1);
    expect(second.stderr).toBe(`netwright: ${address} says: the server is busy with 1 tests; try again later\n`);
    first.kill("SIGKILL");
    await first.exited;
    await until(() => server.stdout.split("\n").length >= 5, "the server has noticed");
    expect((await measured(address)).up!.received.bytes).toBeGreaterThan(0);
  });

  test("Ctrl-C ends a client with 130", async () => {
    const [, address] = await serving();
    const client = start(address, "--time", "60s", "--rate", "1mbit");
    await until(() => client.stdout.includes("WAY"), "it runs");
    client.kill("SIGINT");
    expect(await client.exited).toBe(130);
    expect(client.stderr).toBe("");
  });

  test("SIGTERM lets a test finish, a second one ends at once", async () => {
    const [server, address] = await serving();
    const client = start(address, "--time", "700ms", "--rate", "1mbit");
    await until(() => client.stdout.includes("WAY"), "it runs");
    server.kill("SIGTERM");
    expect(await client.exited, client.stderr).toBe(0);
    expect(await server.exited).toBe(0);
    const [again, there] = await serving();
    const long = start(there, "--time", "60s", "--rate", "1mbit");
    await until(() => long.stdout.includes("WAY"), "it runs");
    again.kill("SIGTERM");
    await until(() => !isOpen(again), "it does not listen any more");
    again.kill("SIGTERM");
    expect(await again.exited).toBe(1);
    expect(await long.exited).toBe(1);
    expect(long.stderr).toStartWith("netwright: ");
  });

  /** Whether the server still takes a signal as its first. */
  function isOpen(server: ServerProcess): boolean {
    return !server.stdout.includes("no more tests");
  }

  test("is not disturbed by whoever speaks something else", async () => {
    const [, address] = await serving();
    const noise = [
      new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
      Uint8Array.of(16, 0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(18, 0, 0, 0, 20, ...new Uint8Array(20)),
    ];
    for (const bytes of noise) {
      const conn = await connected(address);
      await conn.write(bytes);
      expect(await conn.done).toMatchObject({ code: "ECONNRESET" });
    }
    const wrong = await connected(address);
    await wrong.write(Uint8Array.of(16, 0, 0, 0, 13, ...new TextEncoder().encode('{"kind":"go"}')));
    const said = await wrong.read();
    expect(new TextDecoder().decode(said!.subarray(5))).toBe('{"kind":"error","reason":"\\"go\\" is out of turn"}');
    expect((await measured(address)).up!.received.bytes).toBeGreaterThan(0);
  });

  test("says when the other side is no netwright speed serve", async () => {
    await using web = await listen("tcp", "127.0.0.1:0");
    web.serve((conn) => void conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n")));
    const client = start(web.local.toString());
    expect(await client.exited).toBe(1);
    expect(client.stderr).toStartWith(
      `netwright: ${web.local.toString()} does not speak as netwright speed serve does: `,
    );
  });

  test.each([
    [["--both", "--reverse", "127.0.0.1"], "--both and --reverse: one of the two"],
    [["--udp", "--length", "10", "127.0.0.1"], "--length: a datagram has from 20 to 65507 bytes"],
    [["--time", "2h", "127.0.0.1"], "it is from 100ms to 1h"],
    [["--time", "0", "127.0.0.1"], "it is from 100ms to 1h"],
    [["--rate", "fast", "127.0.0.1"], 'it is no rate: write "500kbit", "10mbit" or "1gbit"'],
    [["--streams", "65", "127.0.0.1"], "it is from 1 to 64"],
    [["a:b:c"], "too many colons"],
  ])("says what is wrong with %j", async (args, message) => {
    const client = start(...args);
    expect(await client.exited).toBe(2);
    expect(client.stderr).toContain(message);
  });

  test.each(["srve", "Serev"])("%s looks like a host, and is told to be meant for serve", async (word) => {
    const client = start(word);
    expect(await client.exited).toBe(1);
    expect(client.stderr).toEndWith('; did you mean "netwright speed serve"?\n');
  });
});
