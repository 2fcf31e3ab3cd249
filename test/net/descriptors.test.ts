import { afterAll, afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dial, dialDescriptors } from "../../src/net/index.ts";

const SERVER: string = fileURLToPath(new URL("echo-process.ts", import.meta.url));
const NET: string = fileURLToPath(new URL("../../src/net/index.ts", import.meta.url));
const LIMIT = 64;
const CLIENTS = 150;
/** How long the processor time of a server without descriptors is measured. */
const MEASURED_MS = 2000;
/** Clock ticks a second in /proc, the same on every Linux. */
const TICKS = 100;

const running: Bun.Subprocess[] = [];
const directory = mkdtempSync(join(tmpdir(), "descriptors-"));
afterAll(() => rmSync(directory, { recursive: true }));

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** A client that says one byte and hears it back once it was accepted. */
class Client {
  readonly answered = Promise.withResolvers<void>();
  heard = false;
  private socket: Bun.Socket | undefined = undefined;

  async connect(port: number): Promise<this> {
    this.socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: () => {
          this.heard = true;
          this.answered.resolve();
        },
        error: (_socket, error) => this.answered.reject(error),
        close: () => this.answered.reject(new Error("closed without an answer")),
      },
    });
    this.answered.promise.catch(() => undefined);
    this.socket.write("?");
    return this;
  }

  close(): void {
    this.socket?.terminate();
  }
}

async function startServer(): Promise<{ pid: number; port: number }> {
  const child = Bun.spawn(["sh", "-c", `ulimit -n ${LIMIT}; exec "$0" "$1"`, process.execPath, SERVER], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const first = await child.stdout.getReader().read();
  const port = Number(/:(\d+)\n$/.exec(new TextDecoder().decode(first.value))?.[1]);
  return { pid: child.pid, port };
}

/** Processor time that a process has used, in milliseconds. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

test(
  "a listener without descriptors left keeps a reserve, burns nothing, and serves everybody as soon as some are free",
  async () => {
    const { pid, port } = await startServer();
    const clients = await Promise.all(Array.from({ length: CLIENTS }, async () => new Client().connect(port)));
    await Promise.race(clients.map(async (client) => client.answered.promise));

    const before = processorMs(pid);
    await Bun.sleep(MEASURED_MS);
    const busy = (processorMs(pid) - before) / MEASURED_MS;
    const answered = clients.filter((client) => client.heard).length;
    const open = readdirSync(`/proc/${pid}/fd`).length;
    expect(answered).toBeGreaterThan(10);
    expect(answered).toBeLessThan(LIMIT);
    expect(LIMIT - open).toBeGreaterThanOrEqual(4);
    // A listener that runs into the limit takes a whole core.
    expect(busy).toBeLessThan(0.3);

    for (const client of clients) {
      await client.answered.promise;
      client.close();
    }
    expect(clients.filter((client) => client.heard).length).toBe(CLIENTS);
  },
  { timeout: 30_000 },
);

/** Runs out of descriptors, says so, and goes on when it is told that a client has come. */
const SHORT = `
  const { dial, listen, listenDescriptors } = await import(process.argv[1]);
  const { closeSync, openSync } = await import("node:fs");
  const [, , kind, path] = process.argv;
  const listener = kind === "descriptors" ? await listenDescriptors(path) : await listen("unixpacket", path);
  const accepting = listener.accept();
  const input = console[Symbol.asyncIterator]();
  const told = input.next();
  const filled = [];
  try { for (;;) filled.push(openSync("/dev/null", "r")); } catch {}
  console.log("full");
  await told;
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
  for (const fd of filled) closeSync(fd);
  console.log((await accepting) === null ? "closed" : "accepted");
  process.exit();
`;

for (const kind of ["descriptors", "unixpacket"] as const) {
  test(`a connection that finds no descriptor free is accepted when there is one: ${kind}`, async () => {
    const path = join(directory, kind);
    const command = ["sh", "-c", `ulimit -n 128; exec "$@"`, "sh", process.execPath, "-e", SHORT, NET, kind, path];
    const child = Bun.spawn(command, { stdio: ["pipe", "pipe", "inherit"] });
    running.push(child);
    const output = child.stdout.getReader();
    const said = async (): Promise<string> => new TextDecoder().decode((await output.read()).value);
    expect(await said()).toBe("full\n");
    await using client = kind === "descriptors" ? await dialDescriptors(path) : await dial("unixpacket", path);
    void child.stdin.write("go\n");
    await child.stdin.flush();
    expect(await said()).toBe("accepted\n");
    expect(client.closed).toBe(false);
  });
}
