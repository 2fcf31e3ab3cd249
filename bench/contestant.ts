import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { treeOf } from "./process-tree.ts";

/** The core that the server under test runs on. */
export const SERVER_CORE = "0";

/** A server that runs and is being measured, or a back end. */
export interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** Milliseconds from its start to its first answer. */
  readonly startMs: number;
  /** Its processes. */
  pids(): number[];
  stop(): Promise<void>;
}

/** How to start one: `files` are written to a folder of its own, which stands for `{dir}` in them and in `command`. */
export interface ContestantSpec {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly port: number;
  /** The core it is pinned to (default the server's). */
  readonly core?: string;
  /** What the first answer's path is (default "/"). */
  readonly path?: string;
  /** For one that speaks no HTTP: resolves when it answers, rejects while it does not. */
  readonly ready?: (() => Promise<void>) | undefined;
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Starts a server, pinned, and waits for its first answer. Throws with what it printed when none comes within 10 s. */
export async function startContestant(spec: ContestantSpec): Promise<Contestant> {
  const folder = mkdtempSync(join(tmpdir(), "netwright-bench-"));
  const fill = (text: string): string => text.replaceAll("{dir}", folder);
  for (const [name, text] of Object.entries(spec.files)) writeFileSync(join(folder, name), fill(text));
  const began = performance.now();
  const child = Bun.spawn(["taskset", "-c", spec.core ?? SERVER_CORE, ...spec.command.map(fill)], {
    stdout: Bun.file(join(folder, "stdout")),
    stderr: Bun.file(join(folder, "stderr")),
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  const url = `http://127.0.0.1:${spec.port}`;
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const forced = setTimeout(() => child.kill("SIGKILL"), 5000);
    await child.exited;
    clearTimeout(forced);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ready = spec.ready ?? (async () => firstResponse(`${url}${spec.path ?? "/"}`));
    await firstAnswer(url, ready, began, () => child.exitCode !== null);
  } catch (error) {
    const printed = await Promise.all(["stdout", "stderr"].map(async (name) => readIfThere(join(folder, name))));
    await stop();
    throw new Error(`${spec.name} did not answer: ${String(error)}\n${printed.join("\n")}`, { cause: error });
  }
  return {
    name: spec.name,
    url,
    port: spec.port,
    startMs: performance.now() - began,
    pids: () => treeOf(child.pid),
    stop,
  };
}

async function firstAnswer(
  url: string,
  ready: () => Promise<void>,
  began: number,
  ended: () => boolean,
): Promise<void> {
  for (;;) {
    if (ended()) throw new Error("it ended");
    if (performance.now() - began > 10_000) throw new Error(`no answer from ${url} within 10 s`);
    try {
      await ready();
      return;
    } catch (error) {
      if (error instanceof Error && error.message.includes("answered")) throw error;
      await Bun.sleep(1);
    }
  }
}

async function firstResponse(url: string): Promise<void> {
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

async function readIfThere(path: string): Promise<string> {
  return existsSync(path) ? Bun.file(path).text() : "";
}
