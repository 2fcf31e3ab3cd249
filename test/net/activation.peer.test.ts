import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { activatedDescriptors, type NetError, notify, watchdogInterval } from "../../src/net/index.ts";
import { dial } from "../../src/net/index.ts";
import { peer } from "../peers.ts";
import { failureOf } from "./pairs.ts";

const directory = mkdtempSync(join(tmpdir(), "activation-"));
afterAll(() => rmSync(directory, { recursive: true }));
const NET: string = JSON.stringify(join(import.meta.dir, "../../src/net/index.ts"));

function errorOf(call: () => unknown): NetError {
  try {
    call();
  } catch (error) {
    return error as NetError;
  }
  throw new Error("it did not throw");
}

describe("activatedDescriptors", () => {
  test("are none without the variables, or when they are meant for another process", () => {
    expect(activatedDescriptors({ environment: {} })).toEqual([]);
    const environment: Record<string, string | undefined> = {
      LISTEN_PID: "1",
      LISTEN_FDS: "3",
      LISTEN_FDNAMES: "a:b:c",
    };
    expect(activatedDescriptors({ environment, pid: 2, unsetEnvironment: false })).toEqual([]);
    expect(environment["LISTEN_FDS"]).toBe("3");
    expect(activatedDescriptors({ environment, pid: 2 })).toEqual([]);
    expect(Object.keys(environment)).toEqual([]);
  });

  test("say which variable makes no sense", () => {
    const of = (environment: Record<string, string>): string | undefined =>
      errorOf(() => activatedDescriptors({ environment: { LISTEN_PID: "5", ...environment }, pid: 5 })).hint;
    expect(of({ LISTEN_FDS: "-1" })).toBe('LISTEN_FDS is "-1", which is no number');
    expect(of({ LISTEN_FDS: "1", LISTEN_FDNAMES: "a:b" })).toBe("LISTEN_FDNAMES has 2 names for 1 descriptors");
  });
});

// As sd_listen_fds(3) says: bound sockets as descriptors 3 and up, blocking and inherited, and the variables of the process that is started.
const ACTIVATE = `
import os, socket, sys
d = sys.argv[1]
kinds = [(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)), (socket.AF_UNIX, socket.SOCK_STREAM, d + "/s"), (socket.AF_UNIX, socket.SOCK_SEQPACKET, d + "/p"),
         (socket.AF_UNIX, socket.SOCK_DGRAM, d + "/g"), (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))]
made = []
for family, kind, address in kinds:
    s = socket.socket(family, kind); s.bind(address)
    if kind != socket.SOCK_DGRAM: s.listen(5)
    made.append(s)
made.append(open("/dev/null"))
high = [os.dup2(s.fileno(), 100 + i) for i, s in enumerate(made)]
for i, fd in enumerate(high): os.dup2(fd, 3 + i, inheritable=True)
os.closerange(3 + len(high), 200)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(high)), LISTEN_FDNAMES="web:stream:packets:grams:udp:stored")
os.execv(sys.argv[2], sys.argv[2:])
`;

const SERVICE = `
const { activatedDescriptors, listen } = await import(${NET});
const all = activatedDescriptors();
console.log(JSON.stringify(all.map(({ name, network, listens, isSocket }) => [name, network ?? null, listens, isSocket])));
console.log(JSON.stringify([process.env.LISTEN_FDS ?? null, activatedDescriptors().length]));
const inherited = Bun.spawnSync(["sh", "-c", "ls /proc/self/fd"]).stdout.toString().trim().split("\\n").map(Number);
console.log(JSON.stringify(all.filter(({ fd }) => inherited.includes(fd) && fd > 5).length));
const by = (name) => all.find((each) => each.name === name);
const stream = await listen("unix", "s", { fd: by("stream").fd });
stream.serve(async (conn) => { for await (const chunk of conn) await conn.write(chunk); await conn.close(); });
const packets = await listen("unixpacket", "p", { fd: by("packets").fd });
packets.serve(async (conn) => { for await (const { data } of conn) await conn.send(data); await conn.close(); });
const grams = await listen("unixgram", "g", { fd: by("grams").fd });
void (async () => { for await (const { data, from } of grams) await grams.send(data, from); })();
console.log("ready");
`;

const python = peer("python3");
test.skipIf(!python.available)(`a service is activated with a socket of each kind${python.skipped}`, async () => {
  const child = Bun.spawn([python.path, "-c", ACTIVATE, directory, process.execPath, "-e", SERVICE], {
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    let text = "";
    const reader = child.stdout.getReader();
    while (!text.endsWith("ready\n")) text += Buffer.from((await reader.read()).value!).toString();
    const [kinds, environment, inherited] = text
      .split("\n")
      .map((line) => (line.startsWith("[") ? JSON.parse(line) : line));
    expect(kinds).toEqual([
      ["web", "tcp", true, true],
      ["stream", "unix", true, true],
      ["packets", "unixpacket", true, true],
      ["grams", "unixgram", false, true],
      ["udp", "udp", false, true],
      ["stored", null, false, false],
    ]);
    expect(environment).toEqual([null, 0]);
    expect(inherited).toBe("0");
    await using stream = await dial("unix", join(directory, "s"));
    await stream.write(Buffer.from("stream"));
    expect(Buffer.from((await stream.read())!).toString()).toBe("stream");
    await using packets = await dial("unixpacket", join(directory, "p"));
    await packets.send(Buffer.from("record"));
    expect(Buffer.from((await packets.recv())!.data).toString()).toBe("record");
    await using grams = await dial("unixgram", join(directory, "g"), { localAddress: "@" });
    await grams.send(Buffer.from("datagram"));
    expect(Buffer.from((await grams.recv())!.data).toString()).toBe("datagram");
  } finally {
    child.kill();
    await child.exited;
  }
});

// The manager's end: prints what is told, and what came with it.
const MANAGER = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1].replace("@", "\\0"))
os.write(1, b"bound\\n")
for _ in range(3):
    data, fds, flags, _ = socket.recv_fds(s, 4096, 10)
    os.write(1, (data.decode().replace("\\n", "|") + " " + ",".join(os.pread(fd, 100, 0).decode() for fd in fds) + "\\n").encode())
`;

describe.skipIf(!python.available)(`notify${python.skipped}`, () => {
  for (const kind of ["a path", "an abstract name"]) {
    test(`tells the manager at ${kind}, with descriptors to store`, async () => {
      const socket = kind === "a path" ? join(directory, "notify") : `@activation-${process.pid}`;
      const child = Bun.spawn([python.path, "-c", MANAGER, socket], { stdout: "pipe", stderr: "inherit" });
      const reader = child.stdout.getReader();
      await reader.read();
      expect(await notify({ ready: true, status: "listens on :80", mainPid: 7 }, { socket })).toBe(true);
      await notify({ watchdog: true, extendTimeoutUsec: 5 }, { socket });
      const path = join(directory, "stored");
      await Bun.write(path, "kept");
      const { closeSync, openSync } = await import("node:fs");
      const fd = openSync(path, "r");
      await notify({ store: { name: "state", descriptors: [fd], poll: false } }, { socket });
      closeSync(fd);
      let text = "";
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
        text += Buffer.from(chunk.value).toString();
      expect(text.split("\n")).toEqual([
        "READY=1|STATUS=listens on :80|MAINPID=7 ",
        "WATCHDOG=1|EXTEND_TIMEOUT_USEC=5 ",
        "FDSTORE=1|FDNAME=state|FDPOLL=0 kept",
        "",
      ]);
    });
  }
});

describe("notify", () => {
  test("is nothing where nobody asks", async () => {
    expect(await notify({ ready: true }, { socket: "" })).toBe(false);
  });

  test("refuses what would say something else", async () => {
    const socket = join(directory, "none");
    expect((await failureOf(notify({ status: "a\nREADY=1" }, { socket }))).hint).toBe("STATUS must be one line");
    const store = { name: "a:b", descriptors: [] };
    expect((await failureOf(notify({ store }, { socket }))).code).toBe("EINVAL");
    expect((await failureOf(notify({ ready: true }, { socket: "relative" }))).code).toBe("EINVAL");
    expect((await failureOf(notify({ ready: true }, { socket }))).code).toBe("ENOENT");
  });

  test("the watchdog wants to hear twice in its time, from the process that it watches", () => {
    expect(watchdogInterval({ WATCHDOG_USEC: "30000000" }, 1)).toBe(15_000);
    expect(watchdogInterval({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" }, 1)).toBe(15_000);
    expect(watchdogInterval({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "2" }, 1)).toBe(undefined);
    expect(watchdogInterval({ WATCHDOG_USEC: "0" }, 1)).toBe(undefined);
    expect(watchdogInterval({}, 1)).toBe(undefined);
  });
});
