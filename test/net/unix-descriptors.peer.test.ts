import { afterAll, afterEach, describe, expect, test } from "bun:test";
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DescriptorConn,
  descriptorPair,
  dial,
  dialDescriptors,
  listenDescriptors,
  MAX_DESCRIPTORS,
} from "../../src/net/index.ts";
import { peer } from "../peers.ts";
import { failureOf } from "./pairs.ts";

const directory = mkdtempSync(join(tmpdir(), "unix-descriptors-"));
const file = join(directory, "file");
writeFileSync(file, "what is in the file");
afterAll(() => rmSync(directory, { recursive: true }));
const conns: DescriptorConn[] = [];
afterEach(async () => {
  await Promise.all(conns.splice(0).map(async (conn) => conn.close()));
});

function openCount(): number {
  return readdirSync("/proc/self/fd").length;
}

function pair(network: "unix" | "unixpacket" = "unix"): readonly [DescriptorConn, DescriptorConn] {
  const made = descriptorPair(network);
  conns.push(...made);
  return made;
}

function contentOf(fd: number): string {
  const buffer = Buffer.alloc(100);
  return buffer.subarray(0, readSync(fd, buffer, 0, 100, 0)).toString();
}

for (const network of ["unix", "unixpacket"] as const) {
  describe(`descriptors over ${network}`, () => {
    test("come with the byte that they were sent with, and are the same open file", async () => {
      const [one, other] = pair(network);
      const fd = openSync(file, "r");
      await one.send(Buffer.from("a"), [fd, fd]);
      closeSync(fd);
      await one.send(Buffer.from("bc"));
      const first = (await other.receive())!;
      expect(first.data.length).toBeGreaterThan(0);
      expect(first.descriptors.map(contentOf)).toEqual(["what is in the file", "what is in the file"]);
      for (const each of first.descriptors) closeSync(each);
      let text = Buffer.from(first.data).toString();
      while (text.length < 3) text += Buffer.from((await other.receive())!.data).toString();
      expect(text).toBe("abc");
    });

    test("as many as the system takes, and no more", async () => {
      const [one, other] = pair(network);
      const fd = openSync(file, "r");
      const before = openCount();
      const many = Array.from({ length: MAX_DESCRIPTORS }, () => fd);
      await one.send(Buffer.from("x"), many);
      const { descriptors } = (await other.receive())!;
      expect(descriptors.length).toBe(MAX_DESCRIPTORS);
      for (const each of descriptors) closeSync(each);
      expect(openCount()).toBe(before);
      expect((await failureOf(one.send(Buffer.from("x"), [...many, fd]))).code).toBe("EINVAL");
      expect((await failureOf(one.send(new Uint8Array(0), [fd]))).code).toBe("EINVAL");
      closeSync(fd);
      expect((await failureOf(one.send(Buffer.from("x"), [fd]))).code).toBe("EBADF");
    });

    test("the end is the end, and what nobody received is closed by the system", async () => {
      const [one, other] = pair(network);
      const before = openCount();
      const fd = openSync(file, "r");
      await one.send(Buffer.from("x"), [fd]);
      closeSync(fd);
      const receiving = one.receive();
      await other.close();
      // A peer that closes with something unread resets a stream.
      await receiving.catch(() => undefined);
      expect(openCount()).toBe(before - 1);
      expect((await failureOf(one.send(Buffer.from("x")))).code).toBe("EPIPE");
      await one.close();
      expect(await one.receive()).toBe(null);
    });

    test("limits of waiting", async () => {
      const [one] = pair(network);
      const error = await failureOf(one.receive({ signal: AbortSignal.abort() }));
      expect(error.code).toBe("ECANCELED");
      const controller = new AbortController();
      const waiting = failureOf(one.receive({ signal: controller.signal }));
      expect((await failureOf(one.receive())).code).toBe("EBUSY");
      controller.abort();
      expect((await waiting).code).toBe("ECANCELED");
    });
  });
}

test("an empty record is none of the ends of a unixpacket", async () => {
  const path = join(directory, "records");
  await using listener = await listenDescriptors(path, {}, "unixpacket");
  const sender = await dial("unixpacket", path);
  const conn = (await listener.accept())!;
  conns.push(conn);
  const sent = ["", "x", "", "last"];
  for (const text of sent) await sender.send(Buffer.from(text));
  await sender.close();
  const got: string[] = [];
  for await (const { data } of conn) got.push(Buffer.from(data).toString());
  expect(got).toEqual(sent);
});

test("a long stream of bytes behind descriptors comes whole while the receiver is slow", async () => {
  const [one, other] = pair();
  const fd = openSync(file, "r");
  const data = Buffer.alloc(3_000_000, "0123456789");
  const sending = one.send(data, [fd]);
  let got = 0;
  const descriptors: number[] = [];
  while (got < data.length) {
    const message = (await other.receive())!;
    for (const [at, byte] of message.data.entries()) if (byte !== data[got + at]) throw new Error(`at ${got + at}`);
    got += message.data.length;
    descriptors.push(...message.descriptors);
  }
  await sending;
  expect(descriptors.length).toBe(1);
  for (const each of [fd, ...descriptors]) closeSync(each);
});

test("descriptors that cannot all be opened are an error, and none stays open", async () => {
  const script = `
    const { descriptorPair } = await import(${JSON.stringify(join(import.meta.dir, "../../src/net/index.ts"))});
    const { readdirSync, openSync, closeSync } = await import("node:fs");
    const [one, other] = descriptorPair();
    await one.send(new Uint8Array(1), Array.from({ length: 200 }, () => 0));
    const filled = [];
    for (let left = 50; ; ) { try { filled.push(openSync("/dev/null")); } catch { break; } }
    for (const fd of filled.splice(0, 20)) closeSync(fd);
    const error = await other.receive().catch((caught) => caught);
    let free = 0;
    try { for (;;) { filled.push(openSync("/dev/null")); free++; } } catch {}
    console.log(error.code, free);
    process.exit();
  `;
  const child = Bun.spawn(["sh", "-c", `ulimit -n 256; exec "$0" -e "$1"`, process.execPath, script], {
    stdout: "pipe",
  });
  expect(await child.stdout.text()).toBe("EMFILE 20\n");
});

const python = peer("python3");
describe.skipIf(!python.available)(`Python's send_fds and recv_fds${python.skipped}`, () => {
  test("both ways, between processes", async () => {
    const path = join(directory, "python");
    await using listener = await listenDescriptors(path, { mode: 0o600 });
    const script = `
import os, socket
s = socket.socket(socket.AF_UNIX); s.connect(${JSON.stringify(path)})
socket.send_fds(s, [b"here"], [os.open(${JSON.stringify(file)}, os.O_RDONLY)])
data, fds, flags, _ = socket.recv_fds(s, 100, 10)
print(data.decode(), os.pread(fds[0], 100, 0).decode(), len(fds))
`;
    const child = Bun.spawn([python.path, "-c", script], { stdout: "pipe", stderr: "inherit" });
    const conn = (await listener.accept())!;
    conns.push(conn);
    expect(conn.unix.peerCredentials().pid).toBe(child.pid);
    const { data, descriptors } = (await conn.receive())!;
    expect(Buffer.from(data).toString()).toBe("here");
    expect(fstatSync(descriptors[0]!).ino).toBe(statSync(file).ino);
    await conn.send(Buffer.from("back"), descriptors);
    for (const each of descriptors) closeSync(each);
    expect(await child.stdout.text()).toBe("back what is in the file 1\n");
    expect(await conn.receive()).toBe(null);
  });

  test("dialled", async () => {
    const path = join(directory, "python-server");
    const script = `
import os, socket
l = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); l.bind(${JSON.stringify(path)}); l.listen(1)
os.write(1, b"ready\\n")
c, _ = l.accept()
data, fds, flags, _ = socket.recv_fds(c, 100, 10)
socket.send_fds(c, [data.upper()], fds)
`;
    const child = Bun.spawn([python.path, "-c", script], { stdout: "pipe", stderr: "inherit" });
    await child.stdout.getReader().read();
    const conn = await dialDescriptors(path, "unixpacket");
    conns.push(conn);
    const fd = openSync(file, "r");
    await conn.send(Buffer.from("hello"), [fd]);
    closeSync(fd);
    const { data, descriptors } = (await conn.receive())!;
    expect([Buffer.from(data).toString(), contentOf(descriptors[0]!)]).toEqual(["HELLO", "what is in the file"]);
    closeSync(descriptors[0]!);
    expect(await child.exited).toBe(0);
  });
});
