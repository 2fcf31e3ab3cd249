import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NETWRIGHT, ToolProcess } from "../../tool-process.ts";
import { buildGo, isIp, isStream, type Kind, NETCATS, type Netcat } from "./netcats.ts";

let folder = "";
let count = 0;
const started: ToolProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "netwright-netcat-"));
  await buildGo(folder);
}, 120_000);
afterAll(async () => rm(folder, { recursive: true }));
afterEach(async () => {
  for (const tool of started.splice(0)) {
    tool.kill("SIGKILL");
    await tool.exited;
  }
});

function start(command: readonly string[]): ToolProcess {
  const tool = new ToolProcess(command);
  started.push(tool);
  return tool;
}

/** Where to listen: a free port, or a path that is nobody's yet. */
function freePlace(kind: Kind): string {
  return isIp(kind) ? "127.0.0.1:0" : join(folder, `s${count++}`);
}

/** Ours listens; resolves to it and its address. */
async function listening(kind: Kind): Promise<readonly [ToolProcess, string]> {
  const ours = start([NETWRIGHT, "listen", `${kind}/${freePlace(kind)}`]);
  const [, said] = await ours.says(/listening on (\S+)\n/);
  return [ours, said!.replace(`${kind}/`, "")];
}

/** Bytes of all values, in which a piece that is lost, doubled or changed shows. */
function pattern(seed: number): Uint8Array {
  return Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8) * seed) & 0xff);
}

/** Both ends send what the other one must have whole, and end; `listenerFirst`: the one who dials waits with its end until it has everything. */
async function exchangeBytes(dialer: ToolProcess, listener: ToolProcess, listenerFirst: boolean): Promise<void> {
  const [one, two] = [pattern(7), pattern(11)];
  await Promise.all([dialer.write(one), listener.write(two)]);
  await listener.end();
  if (listenerFirst) await dialer.printsBytes(two.length);
  await dialer.end();
  expect(await Promise.all([dialer.exited, listener.exited])).toEqual([0, 0]);
  expect(Buffer.compare(listener.output, one)).toBe(0);
  expect(Buffer.compare(dialer.output, two)).toBe(0);
}

/** The one who dials speaks first, as nobody can be answered before. */
async function exchangePackets(dialer: ToolProcess, listener: ToolProcess): Promise<void> {
  await dialer.write("of the dialer\n");
  await listener.prints(/^of the dialer\n$/);
  await listener.write("of the listener\n");
  await dialer.prints(/^of the listener\n$/);
}

async function exchange(kind: Kind, dialer: ToolProcess, listener: ToolProcess, listenerFirst = false): Promise<void> {
  if (isStream(kind)) await exchangeBytes(dialer, listener, listenerFirst);
  else await exchangePackets(dialer, listener);
}

async function listensTo(netcat: Netcat, kind: Kind): Promise<readonly [ToolProcess, string]> {
  const path = freePlace(kind);
  const theirs = start(netcat.listen(kind, path));
  const [, port] = await theirs.says(netcat.ready);
  return [theirs, isIp(kind) ? `127.0.0.1:${port}` : path];
}

for (const netcat of NETCATS) {
  describe.skipIf(!netcat.peer.available)(`netcat: ${netcat.name}${netcat.peer.skipped}`, () => {
    for (const kind of netcat.kinds) {
      test(`it dials, we listen: ${kind}`, async () => {
        const [ours, address] = await listening(kind);
        await exchange(kind, start(netcat.dial(kind, address)), ours);
      });

      test(`it listens, we dial: ${kind}`, async () => {
        const [theirs, address] = await listensTo(netcat, kind);
        const ours = start([NETWRIGHT, "dial", "--wait", isStream(kind) ? "forever" : "0", `${kind}/${address}`]);
        await exchange(kind, ours, theirs, netcat.endsWithPeer);
        if (isStream(kind)) return;
        await ours.end();
        expect(await ours.exited).toBe(0);
      });

      test(`it dials our echo: ${kind}`, async () => {
        const echo = start([NETWRIGHT, "echo", `${kind}/${freePlace(kind)}`]);
        const [, said] = await echo.prints(/echoing on (\S+)\n/);
        const theirs = start(netcat.dial(kind, said!.replace(`${kind}/`, "")));
        await theirs.write(isStream(kind) ? pattern(13) : "echo\n");
        if (!isStream(kind)) await theirs.prints(/^echo\n$/);
        await theirs.end();
        if (isStream(kind)) {
          expect(await theirs.exited).toBe(0);
          expect(Buffer.compare(theirs.output, pattern(13))).toBe(0);
        }
        echo.kill("SIGTERM");
        if (isStream(kind)) expect(await echo.exited).toBe(0);
      });
    }
  });
}
