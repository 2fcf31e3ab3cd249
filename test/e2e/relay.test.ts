import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { AddrPort } from "../../src/addr/index.ts";
import { type Conn, dial, type Listener, listen, listSockets } from "../../src/net/index.ts";
import { until } from "./processes.ts";
import { LAUNCHER, ServerProcess } from "./server-process.ts";

function listens(address: string): boolean {
  return listSockets({ networks: ["tcp"], owners: false }).some(
    ({ local, state }) => state === "LISTEN" && String(local) === address,
  );
}

async function echo(conn: Conn): Promise<void> {
  await using open = conn;
  for await (const chunk of open) await open.write(chunk);
}

describe.each(["auto", "runtime"])("netwright relay --engine %s", (engine) => {
  const folder = mkdtempSync(join(tmpdir(), "netwright-relay-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let server: ServerProcess | undefined;
  let target: Listener | undefined;
  afterEach(async () => {
    server?.kill("SIGKILL");
    await server?.exited;
    await target?.close();
    server = undefined;
    target = undefined;
  });

  /** Starts it and gives the address that it says it listens on. */
  async function relaying(...args: string[]): Promise<string> {
    const started = new ServerProcess(["relay", "--engine", engine, ...args]);
    server = started;
    await until(() => /^relaying .*\n/.test(started.stdout), "it relays");
    return /^relaying (\S+) to/.exec(started.stdout)![1]!;
  }

  /** A connection through it, and the target's end. */
  async function joined(address: string): Promise<readonly [Conn, Conn]> {
    const accepted = target!.accept();
    const client = await dial("tcp", address);
    return [client, (await accepted)!];
  }

  test("passes a TCP connection on to a Unix socket, half-close and all, and tells its counts", async () => {
    const path = join(folder, "target.sock");
    target = await listen("unix", path);
    const [client, upstream] = await joined(await relaying("127.0.0.1:0", `unix/${path}`));
    await client.write(new TextEncoder().encode("question"));
    await client.closeWrite();
    expect(Buffer.concat(await Array.fromAsync(upstream)).toString()).toBe("question");
    server!.kill("SIGUSR1");
    const counts = JSON.parse((await server!.says(/^\{.*\}$/m))[0]);
    expect(counts).toMatchObject({ accepted: 1, open: 1, bytesUp: 8, bytesDown: 0 });
    await upstream.write(new TextEncoder().encode("answer"));
    await upstream.close();
    expect(Buffer.concat(await Array.fromAsync(client)).toString()).toBe("answer");
  });

  test("passes UDP on, each client by a way of its own", async () => {
    await using echo = await listen("udp", "127.0.0.1:0");
    void (async () => {
      for await (const { data, from } of echo) await echo.send(data, from);
    })();
    const address = (await relaying("udp/127.0.0.1:0", `udp/${echo.local.toString()}`)).slice("udp/".length);
    for (const text of ["one", "two"]) {
      await using client = await dial("udp", address);
      await client.send(new TextEncoder().encode(text));
      expect(new TextDecoder().decode((await client.recv({ timeoutMs: 5000 }))!.data)).toBe(text);
    }
    server!.kill("SIGTERM");
    expect(await server!.exited).toBe(0);
    expect(JSON.parse(server!.stderr)).toMatchObject({ accepted: 2, packetsUp: 2, packetsDown: 2, bytesUp: 6 });
  });

  test("SIGTERM lets connections finish and prints the counts; a second one ends at once", async () => {
    target = await listen("tcp", "127.0.0.1:0");
    const address = await relaying("127.0.0.1:0", String(target.local));
    const [client, upstream] = await joined(address);
    server!.kill("SIGTERM");
    await client.write(new TextEncoder().encode("late"));
    expect((await upstream.read())?.length).toBe(4);
    await client.close();
    await upstream.close();
    expect(await server!.exited).toBe(0);
    expect(JSON.parse(server!.stderr)).toMatchObject({ accepted: 1, open: 0, bytesUp: 4 });
    const again = await relaying("127.0.0.1:0", String(target.local));
    const [other] = await joined(again);
    server!.kill("SIGTERM");
    await until(() => !listens(again), "it no longer listens");
    server!.kill("SIGTERM");
    expect(await server!.exited).toBe(1);
    other.abort();
  });

  test.each([
    [["127.0.0.1:0", "sctp/1:2"], 'TARGET: "sctp" in "sctp/1:2" is no network; there are tcp'],
    [["tcp/", "127.0.0.1:1"], 'LISTEN: "tcp/" has no address'],
    [["--idle", "soon", "127.0.0.1:0", "127.0.0.1:1"], '--idle: "soon" is no duration'],
    [["--engine", "steam", "127.0.0.1:0", "127.0.0.1:1"], '--engine: "steam" is none of auto, io_uring, runtime'],
    [["udp/127.0.0.1:0", "127.0.0.1:1"], "TARGET: 127.0.0.1:1 cannot take what comes to udp/127.0.0.1:0"],
  ])("says what is wrong with %j", async (args, message) => {
    server = new ServerProcess(["relay", ...args]);
    expect(await server.exited).toBe(2);
    expect(server.stderr).toStartWith(`netwright: ${message}`);
  });

  test.each([
    ["127.0.0.1:99999", 'the port "99999" is no number from 1 to 65535'],
    ["127.0.0.1:0", 'the port "0" is no number from 1 to 65535'],
    ["udp/127.0.0.1:nosuch", 'the port "nosuch" is no number, and no udp service has that name'],
    ["127.0.0.1", 'cannot parse "127.0.0.1": the port is missing: write host:port'],
  ])("a target that can never be reached is refused: %s", async (to, message) => {
    server = new ServerProcess(["relay", to.startsWith("udp") ? "udp/127.0.0.1:0" : "127.0.0.1:0", to]);
    expect([await server.exited, server.stdout]).toEqual([2, ""]);
    expect(server.stderr).toStartWith(`netwright: TARGET: ${message}`);
  });

  test.each([
    ["127.0.0.1:PORT", "127.0.0.1:PORT"],
    [":PORT", "127.0.0.9:PORT"],
    [":PORT", "[::1]:PORT"],
    ["127.0.0.1:PORT", "localhost:PORT"],
    ["127.0.0.1:PORT", "0.0.0.0:PORT"],
    ["127.0.0.1:PORT", ":PORT"],
    ["udp/:PORT", "udp/127.0.0.1:PORT"],
    ["unix/FOLDER/loop.sock", "unix/FOLDER/../FOLDER_NAME/loop.sock"],
  ])("a target that is itself is refused: %s to %s", async (listenOn, to) => {
    const free = await listen("tcp", ":0");
    const { port } = free.local as AddrPort;
    await free.close();
    const filled = [listenOn, to].map((text) =>
      text.replace("PORT", String(port)).replace("FOLDER_NAME", basename(folder)).replace("FOLDER", folder),
    );
    server = new ServerProcess(["relay", ...filled]);
    expect([await server.exited, server.stdout]).toEqual([2, ""]);
    expect(server.stderr).toContain("is where this relay listens: what comes would go round for ever");
  });

  test("another address with the same port is no loop", async () => {
    target = await listen("tcp", "127.0.0.2:0");
    const { port } = target.local as AddrPort;
    const [client, upstream] = await joined(await relaying(`127.0.0.1:${port}`, String(target.local)));
    await client.write(new TextEncoder().encode("x"));
    expect((await upstream.read())?.length).toBe(1);
    client.abort();
  });

  test("with too few descriptors for all clients at once, the rest waits for its turn", async () => {
    target = await listen("tcp", "127.0.0.1:0");
    target.serve((conn) => {
      void echo(conn);
    });
    const limited = new ServerProcess(
      [
        "-c",
        'ulimit -n 64; exec "$0" "$@"',
        LAUNCHER,
        "relay",
        "--engine",
        engine,
        "127.0.0.1:0",
        String(target.local),
      ],
      { launcher: "/bin/sh" },
    );
    server = limited;
    await until(() => /^relaying .*\n/.test(limited.stdout), "it relays");
    const address = /^relaying (\S+) to/.exec(limited.stdout)![1]!;
    const clients = await Promise.all(Array.from({ length: 80 }, async () => dial("tcp", address)));
    const answers = clients.map(async (client) => {
      await client.write(new TextEncoder().encode("?"));
      const answer = await client.read();
      await client.close();
      return answer?.length;
    });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 80 }, () => 1));
  }, 20_000);

  test("a target that is not there costs the client its connection, and is told", async () => {
    const gone = await listen("tcp", "127.0.0.1:0");
    await gone.close();
    const client = await dial("tcp", await relaying("127.0.0.1:0", String(gone.local)));
    expect(await client.done).toMatchObject({ code: "ECONNRESET" });
    expect((await server!.says(/netwright: .*\n/))[0]).toContain(`dial tcp ${String(gone.local)}: connection refused`);
  });
});
