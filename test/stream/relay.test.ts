import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddrPort } from "../../src/addr/index.ts";
import { type Conn, dial, dialDescriptor, type Listener, listen, listSockets } from "../../src/net/index.ts";
import { RelayServer, type RelayStats, RingRelay } from "../../src/stream/index.ts";
import { ringLoop } from "../../src/sys/index.ts";
import { until } from "../e2e/processes.ts";
import { failureOf } from "./failure-of.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function readAll(conn: Conn): Promise<string> {
  return Buffer.concat(await Array.fromAsync(conn)).toString();
}

/** The states of this process's TCP connections from or to a port; a listener is none. */
function statesOf(port: number): string[] {
  return listSockets({ networks: ["tcp"], timeWait: false, owners: false })
    .filter(({ local, remote }) => [local, remote].some((end) => (end as AddrPort | undefined)?.port === port))
    .map(({ state }) => state)
    .filter((state) => state !== "LISTEN");
}

const engines = ringLoop() === undefined ? (["runtime"] as const) : (["runtime", "io_uring"] as const);
const kinds = engines.flatMap((engine) => (["tcp", "unix"] as const).map((network) => ({ engine, network })));

interface Options {
  readonly dial?: (signal: AbortSignal) => Promise<never>;
  readonly onDialError?: (error: unknown) => void;
  readonly onEnd?: () => void;
  readonly idleTimeoutMs?: number;
}

describe.each(kinds)("a relay over $network by $engine", ({ engine, network }) => {
  const folder = mkdtempSync(join(tmpdir(), "netwright-relay-"));
  let count = 0;
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function listener(): Promise<Listener> {
    const made = await listen(network, network === "tcp" ? "127.0.0.1:0" : join(folder, `${count++}.sock`));
    open.push(made);
    return made;
  }

  function serverOf(front: Listener, target: string, options: Options): RelayServer | RingRelay {
    if (engine === "runtime")
      return new RelayServer(front, { dial: async (signal) => dial(network, target, { signal }), ...options });
    return new RingRelay(front, { dial: async (signal) => dialDescriptor(network, target, { signal }), ...options });
  }

  /** A relay in front of a target; `connect` gives both ends of one connection through it. */
  async function started(options: Options = {}): Promise<{
    server: RelayServer | RingRelay;
    target: Listener;
    front: Listener;
    connect: () => Promise<readonly [Conn, Conn]>;
  }> {
    const target = await listener();
    const front = await listener();
    const server = serverOf(front, String(target.local), options);
    open.push({ [Symbol.asyncDispose]: async () => server.close() });
    const connect = async (): Promise<readonly [Conn, Conn]> => {
      const accepted = target.accept();
      const client = await dial(network, String(front.local));
      return [client, (await accepted)!];
    };
    return { server, target, front, connect };
  }

  test("keeps a half-close, and leaves no descriptor and nothing in CLOSE_WAIT behind", async () => {
    const { server, target, front, connect } = await started();
    const [first, accepted] = await connect();
    await first.close();
    await accepted.close();
    await until(() => server.stats.open === 0, "the first connection has gone");
    const before = readdirSync("/proc/self/fd").length;
    for (let round = 0; round < 20; round++) {
      const [client, upstream] = await connect();
      await client.write(bytesOf("question"));
      await client.closeWrite();
      expect(await readAll(upstream)).toBe("question");
      await upstream.write(bytesOf("answer"));
      await upstream.close();
      expect(await readAll(client)).toBe("answer");
      await client.close();
    }
    await until(() => server.stats.open === 0, "all connections have gone");
    await until(() => readdirSync("/proc/self/fd").length <= before, "all descriptors have been closed");
    expect(server.stats).toMatchObject({ accepted: 21, failed: 0, bytesUp: 160, bytesDown: 120 });
    if (network === "tcp") {
      for (const { port } of [front.local, target.local] as AddrPort[])
        await until(() => !statesOf(port).includes("CLOSE_WAIT"), "nothing is in CLOSE_WAIT");
    }
  });

  test("counts each byte once, also when the end of its connection is told", async () => {
    const seen: RelayStats[] = [];
    const { server, connect } = await started({ onEnd: () => seen.push(server.stats) });
    const [client, upstream] = await connect();
    await client.write(bytesOf("question"));
    await client.closeWrite();
    expect(await readAll(upstream)).toBe("question");
    await upstream.close();
    expect(await readAll(client)).toBe("");
    await client.close();
    await until(() => seen.length === 1, "the end has been told");
    expect(seen).toMatchObject([{ accepted: 1, open: 0, bytesUp: 8, bytesDown: 0 }]);
  });

  test("a client that vanishes takes its target's connection along", async () => {
    const { server, connect } = await started();
    const [client, upstream] = await connect();
    await client.write(bytesOf("x"));
    expect((await upstream.read())?.length).toBe(1);
    client.abort();
    if (network === "tcp") expect(await failureOf(upstream.read())).toMatchObject({ code: "ECONNRESET" });
    else expect(await upstream.read()).toBe(null);
    await upstream.write(bytesOf("to nobody")).catch(() => undefined);
    await upstream.close();
    await until(() => server.stats.open === 0, "the connection has gone");
  });

  test("a Megabyte each way at once", async () => {
    const { connect } = await started();
    const [client, upstream] = await connect();
    const sent = crypto.getRandomValues(new Uint8Array(65_536));
    const send = async (conn: Conn): Promise<void> => {
      for (let i = 0; i < 16; i++) await conn.write(sent);
      await conn.closeWrite();
    };
    const [up, down] = await Promise.all([
      Array.fromAsync(upstream),
      Array.fromAsync(client),
      send(client),
      send(upstream),
    ]);
    const whole = Buffer.concat(Array.from({ length: 16 }, () => sent));
    expect(Buffer.concat(up).equals(whole)).toBe(true);
    expect(Buffer.concat(down).equals(whole)).toBe(true);
  });

  test("a target that cannot be reached: the client is cut, the server goes on", async () => {
    const errors: unknown[] = [];
    const refuse = async (): Promise<never> => Promise.reject(new Error("no way"));
    const { server, front } = await started({ dial: refuse, onDialError: (error) => errors.push(String(error)) });
    for (let round = 1; round <= 2; round++) {
      const client = await dial(network, String(front.local));
      if (network === "tcp") expect(await failureOf(client.read())).toMatchObject({ code: "ECONNRESET" });
      else expect(await client.read()).toBe(null);
      expect(server.stats).toMatchObject({ unreached: round, open: 0 });
      await client.close();
    }
    expect(errors).toEqual(["Error: no way", "Error: no way"]);
  });

  test("shutdown lets what is open finish, close does not", async () => {
    const { server, connect } = await started();
    const [client, upstream] = await connect();
    let done = false;
    const finished = server.shutdown().then(() => (done = true));
    await client.write(bytesOf("still"));
    expect((await upstream.read())?.length).toBe(5);
    expect(done).toBe(false);
    await Promise.all([client.close(), upstream.close()]);
    await finished;
    const second = await started();
    const [other] = await second.connect();
    await second.server.close();
    if (network === "tcp") expect(await failureOf(other.read())).toMatchObject({ code: "ECONNRESET" });
    else expect(await other.read()).toBe(null);
  });

  test("a client that leaves while its target is being dialled stops the dial", async () => {
    const stopped = Promise.withResolvers<void>();
    const { server, front } = await started({
      dial: async (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            stopped.resolve();
            reject(new Error("given up"));
          });
        }),
    });
    const client = await dial(network, String(front.local));
    await until(() => server.stats.open === 1, "the client was accepted");
    client.abort();
    if (network === "unix") await server.close();
    await stopped.promise;
    await until(() => server.stats.open === 0, "the client was forgotten");
  });
});

test("RelayServer: a target's Conn that is in use already: both are cut, and the error is told", async () => {
  const errors: unknown[] = [];
  await using target = await listen("tcp", "127.0.0.1:0");
  const front = await listen("tcp", "127.0.0.1:0");
  const targets: Conn[] = [];
  const server = new RelayServer(front, {
    dial: async () => {
      const conn = await dial("tcp", String(target.local));
      conn.read().catch(() => undefined);
      targets.push(conn);
      return conn;
    },
    onDialError: (error) => errors.push(error),
  });
  const client = await dial("tcp", String(front.local));
  await client.read().catch(() => undefined);
  await until(() => server.stats.open === 0, "the connection has gone");
  expect(errors).toMatchObject([{ code: "EBUSY" }]);
  expect(targets.map(({ closed }) => closed)).toEqual([true]);
  expect(server.stats).toMatchObject({ accepted: 1, unreached: 1 });
  await client.close();
  await server.close();
});
