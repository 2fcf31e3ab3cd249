import { join } from "node:path";

/** A back end that says, in each answer, which request it understood: `[METHOD target bytes-of-body]`. */
export interface Recorder extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** How many requests it understood since it began. */
  seen(): Promise<number>;
}

/** Node's HTTP server, in a process of its own. */
export async function nodeRecorder(): Promise<Recorder> {
  const child = Bun.spawn(["node", join(import.meta.dir, "node-recorder.mjs")], { stdout: "pipe", stderr: "inherit" });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = Number(new TextDecoder().decode(value));
  return {
    name: "node",
    port,
    seen: async () => Number(await (await fetch(`http://127.0.0.1:${port}/.seen`)).text()),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Bun's. */
export async function bunRecorder(): Promise<Recorder> {
  let seen = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      seen++;
      // Not by URL: a proxy may let a Host through that makes none.
      const target = request.url.replace(/^https?:\/\/[^/?]*/i, "");
      return new Response(`[${request.method} ${target} ${(await request.bytes()).length}]`);
    },
  });
  return {
    name: "Bun.serve",
    port: server.port ?? 0,
    seen: async () => seen,
    [Symbol.asyncDispose]: async () => server.stop(true),
  };
}
