import { afterEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Conn, dial, listen, type Listener, listSockets } from "../../src/net/index.ts";
import { RelayServer } from "../../src/stream/index.ts";
import { until } from "../e2e/processes.ts";
import { peer } from "../peers.ts";

const nc = peer("nc");
const socat = peer("socat");

/** A program's output, given an input that then ends. */
async function outputOf(command: readonly string[], input: Uint8Array): Promise<Uint8Array> {
  const child = Bun.spawn([...command], { stdin: input, stdout: "pipe", stderr: "ignore" });
  const output = await new Response(child.stdout).bytes();
  await child.exited;
  return output;
}

describe("a relay between other people's programs", () => {
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  /** A relay in front of a server that answers with the digest of all that came, once it has ended. */
  async function started(): Promise<{ readonly port: string; readonly server: RelayServer }> {
    const target: Listener = await listen("tcp", "127.0.0.1:0");
    target.serve((conn) => void digest(conn));
    const front = await listen("tcp", "127.0.0.1:0");
    const server = new RelayServer(front, {
      dial: async (signal) => dial("tcp", String(target.local), { signal }),
    });
    open.push(target, { [Symbol.asyncDispose]: async () => server.close() });
    return { port: String(front.local).split(":")[1]!, server };
  }

  async function digest(conn: Conn): Promise<void> {
    await using closing = conn;
    const hash = createHash("sha256");
    for await (const chunk of closing) hash.update(chunk);
    await closing.write(new TextEncoder().encode(hash.digest("hex")));
  }

  const input = crypto.getRandomValues(new Uint8Array(65_536));
  const expected = createHash("sha256").update(input).digest("hex");

  test.skipIf(!nc.available)(`netcat's end reaches the server, and its answer netcat${nc.skipped}`, async () => {
    const { port, server } = await started();
    const output = await outputOf([nc.path, "-N", "127.0.0.1", port], input);
    expect(new TextDecoder().decode(output)).toBe(expected);
    await until(() => server.stats.open === 0, "the connection has gone");
    expect(server.stats).toMatchObject({ accepted: 1, failed: 0, bytesUp: input.length, bytesDown: 64 });
  });

  test.skipIf(!socat.available)(`the same with socat${socat.skipped}`, async () => {
    const { port, server } = await started();
    const output = await outputOf([socat.path, "-t", "5", "-", `TCP:127.0.0.1:${port}`], input);
    expect(new TextDecoder().decode(output)).toBe(expected);
    await until(() => server.stats.open === 0, "the connection has gone");
  });

  test.skipIf(!socat.available)(`a killed socat leaves nothing behind${socat.skipped}`, async () => {
    const { port, server } = await started();
    const child = Bun.spawn([socat.path, "-", `TCP:127.0.0.1:${port}`], { stdin: "pipe", stdout: "ignore" });
    void child.stdin.write(input);
    await child.stdin.flush();
    await until(() => server.stats.bytesUp === input.length, "everything was relayed");
    child.kill("SIGKILL");
    await child.exited;
    await until(() => server.stats.open === 0, "the connection has gone");
    const left = listSockets({ networks: ["tcp"], timeWait: false, owners: false }).filter(
      ({ remote, state }) => state === "CLOSE_WAIT" && String(remote).endsWith(`:${port}`),
    );
    expect(left).toEqual([]);
  });
});
