import { describe, expect, test } from "bun:test";
import { childrenOf, lives, until } from "./processes.ts";
import { RawClient } from "./raw-client.ts";
import type { ServerProcess } from "./server-process.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

/** A server whose every exchange waits for its backend. */
interface Waiting extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly port: number;
  /** Resolves when an exchange has begun. */
  readonly asked: Promise<void>;
  /** Lets the backend answer. */
  answer(): void;
}

async function startWaiting(options: { readonly workers?: number; readonly grace?: string } = {}): Promise<Waiting> {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const backend = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async ({ url }) => {
      if (url.endsWith("/wait")) {
        asked.resolve();
        await answer.promise;
      }
      return new Response("late");
    },
  });
  const route = { handle: [{ handler: "reverse_proxy", upstreams: [{ dial: `127.0.0.1:${backend.port}` }] }] };
  const { workers = 1, grace } = options;
  const file = await stage.configFile(0, [route], { workers }, grace === undefined ? {} : { grace_period: grace });
  const server = stage.start(["run", "--config", file]);
  return {
    server,
    port: await server.port(),
    asked: asked.promise,
    answer: answer.resolve,
    [Symbol.asyncDispose]: async () => {
      answer.resolve();
      await backend.stop(true);
    },
  };
}

describe.each([1, 2])("netwright run with %i worker(s)", (workers) => {
  test("the first signal closes idle connections at once and lets a busy one finish, as its last", async () => {
    await using waiting = await startWaiting({ workers });
    const idle = await RawClient.open(waiting.port);
    expect(await idle.ask()).not.toContain("Connection: close");
    const busy = await RawClient.open(waiting.port);
    busy.send("/wait");
    await waiting.asked;
    waiting.server.kill("SIGTERM");
    await idle.closed;
    waiting.answer();
    const response = await busy.response();
    expect(response).toEndWith("late");
    // That the idle one was closed tells of its own worker only: another may be told a moment later, and closes after its answer.
    if (workers === 1) expect(response).toContain("Connection: close");
    await busy.closed;
    expect(await waiting.server.exited).toBe(0);
  });

  test("a second signal ends everything at once", async () => {
    await using waiting = await startWaiting({ workers });
    const pids = childrenOf(waiting.server.pid);
    const busy = await RawClient.open(waiting.port);
    busy.send("/wait");
    await waiting.asked;
    waiting.server.kill("SIGINT");
    await waiting.server.says(/stopping/);
    waiting.server.kill("SIGTERM");
    expect(await waiting.server.exited).toBe(1);
    expect(await busy.response()).toBeUndefined();
    await until(() => !pids.some(lives), "the workers are gone");
  });

  test("what has not finished within the grace period is cut off, and the exit code is 0", async () => {
    await using waiting = await startWaiting({ workers, grace: "50ms" });
    const busy = await RawClient.open(waiting.port);
    busy.send("/wait");
    await waiting.asked;
    waiting.server.kill("SIGTERM");
    expect(await busy.response()).toBeUndefined();
    expect(await waiting.server.exited).toBe(0);
  });
});

test("a terminal that closes takes no server with it", async () => {
  await using waiting = await startWaiting({ workers: 2 });
  const workers = childrenOf(waiting.server.pid);
  for (const pid of [waiting.server.pid, ...workers]) process.kill(pid, "SIGHUP");
  const client = await RawClient.open(waiting.port);
  expect(await client.ask()).toEndWith("late");
  expect(childrenOf(waiting.server.pid)).toEqual(workers);
  waiting.server.kill("SIGTERM");
  expect(await waiting.server.exited).toBe(0);
});
