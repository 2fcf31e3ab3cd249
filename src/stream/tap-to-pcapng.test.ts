import { describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AddrPort, UnixAddress } from "../addr/index.ts";
import { SimulatedClock } from "../clock/index.ts";
import { dial, listen, pipe } from "../net/index.ts";
import {
  decodePacket,
  LINK_TYPE,
  type PcapngBlock,
  type PcapngPacket,
  PcapngReader,
  verifyChecksums,
} from "../packet/index.ts";
import { CaptureFileError } from "./capture-file-error.ts";
import { PcapngCapture } from "./index.ts";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function blocksOf(parts: readonly Uint8Array[]): PcapngBlock[] {
  const reader = new PcapngReader();
  const blocks = parts.flatMap((part) => reader.push(part));
  reader.end();
  return blocks;
}

function packetsOf(blocks: readonly PcapngBlock[]): PcapngPacket[] {
  return blocks.filter((block) => block.kind === "packet");
}

/** A packet as "> SYN 0 [text]". */
function lineOf({ data, direction }: PcapngPacket): string {
  const packet = decodePacket(data, LINK_TYPE.RAW);
  expect([packet.error, verifyChecksums(packet).length]).toEqual([undefined, 0]);
  const flags = (["SYN", "FIN", "RST", "PSH", "ACK"] as const).filter((flag) => packet.tcp!.has(flag)).join("+");
  return `${direction === "outbound" ? ">" : "<"} ${flags} ${new TextDecoder().decode(packet.payload)}`.trim();
}

describe("PcapngCapture", () => {
  test("a pipe becomes a TCP stream between addresses for documentation, timed by the clock", async () => {
    const parts: Uint8Array[] = [];
    const clock = new SimulatedClock();
    const capture = new PcapngCapture((part) => void parts.push(part), { clock, comment: "why" });
    const [a, b] = pipe();
    const conn = capture.tap(a);
    clock.advance(1500);
    await conn.write(bytesOf("ask"));
    await b.write(bytesOf("answer"));
    await b.closeWrite();
    for await (const _ of conn);
    await conn.close();
    await conn.done;
    await capture.close();
    await capture.close();
    const blocks = blocksOf(parts);
    const packets = packetsOf(blocks);
    expect(packets.map(lineOf)).toEqual([
      "> SYN",
      "< SYN+ACK",
      "> ACK",
      "> PSH+ACK ask",
      "< ACK",
      "< PSH+ACK answer",
      "> ACK",
      "< FIN+ACK",
      "> ACK",
      "> FIN+ACK",
      "< ACK",
    ]);
    const [first] = packets;
    expect(first!.comments).toEqual(["pipe pipe:a pipe:b"]);
    expect(packets[1]!.comments).toEqual([]);
    expect(decodePacket(first!.data, LINK_TYPE.RAW).flow!.toString()).toBe("tcp 192.0.2.1:49152 > 192.0.2.2:80");
    expect(packets[3]!.timestamp! - first!.timestamp!).toBe(1_500_000_000n);
    expect(first!.timestamp! / 1_000_000n).toBe(BigInt(clock.wallNow()) - 1500n);
    expect(blocks[0]).toMatchObject({ kind: "section", application: "netwright" });
    expect(blocks.at(-1)).toMatchObject({ kind: "statistics", received: 11n, dropped: 0n });
  });

  test("many Conns in one file, the accepted ones opened by their peers, each a flow of its own", async () => {
    const parts: Uint8Array[] = [];
    const capture = new PcapngCapture((part) => void parts.push(part));
    for (const dialed of [true, false, true]) {
      const [a, b] = pipe();
      const conn = capture.tap(a, { dialed, port: 8080 });
      await conn.write(bytesOf("x"));
      b.abort();
      await conn.read().catch(() => undefined);
    }
    await capture.close();
    const packets = packetsOf(blocksOf(parts));
    expect(packets.filter((packet) => lineOf(packet) === "< RST+ACK").length).toBe(3);
    const opened = packets.filter(({ comments }) => comments.length > 0);
    expect(opened.map(({ data }) => decodePacket(data, LINK_TYPE.RAW).flow!.toString())).toEqual([
      "tcp 192.0.2.1:49152 > 192.0.2.2:8080",
      "tcp 192.0.2.2:49153 > 192.0.2.1:8080",
      "tcp 192.0.2.1:49154 > 192.0.2.2:8080",
    ]);
    expect(opened.map(lineOf)).toEqual(["> SYN", "< SYN", "> SYN"]);
  });

  test("a TCP Conn has its own addresses, of either version", async () => {
    for (const address of ["127.0.0.1:0", "[::1]:0"]) {
      const parts: Uint8Array[] = [];
      const capture = new PcapngCapture((part) => void parts.push(part));
      await using listener = await listen("tcp", address);
      await using conn = capture.tap(await dial("tcp", String(listener.local)));
      await capture.close();
      const [first] = packetsOf(blocksOf(parts));
      expect(decodePacket(first!.data, LINK_TYPE.RAW).flow!.toString()).toBe(
        `tcp ${String(conn.local)} > ${String(listener.local)}`,
      );
    }
  });

  test("datagrams become UDP packets, between true ends or made-up ones, and long ones are cut", async () => {
    const parts: Uint8Array[] = [];
    const capture = new PcapngCapture((part) => void parts.push(part));
    const [a, b] = [AddrPort.parse("[2001:db8::1]:9"), AddrPort.parse("[2001:db8::2]:7")];
    capture.datagram("outbound", a, b, bytesOf("ask"));
    capture.datagram("inbound", a, b, bytesOf("answer"));
    capture.datagram("inbound", new UnixAddress("/run/a"), new UnixAddress(""), new Uint8Array(100_000));
    await capture.close();
    const packets = packetsOf(blocksOf(parts));
    const decoded = packets.map(({ data }) => decodePacket(data, LINK_TYPE.RAW));
    expect(decoded.map((packet) => [packet.flow?.toString(), packet.payload.length])).toEqual([
      ["udp [2001:db8::1]:9 > [2001:db8::2]:7", 3],
      ["udp [2001:db8::2]:7 > [2001:db8::1]:9", 6],
      ["udp 192.0.2.2:80 > 192.0.2.1:49152", 65_507],
    ]);
    expect(decoded.flatMap((packet) => verifyChecksums(packet))).toEqual([]);
    expect(packets.map(({ direction }) => direction)).toEqual(["outbound", "inbound", "inbound"]);
    expect(packets[2]!.comments).toEqual(["the first 65507 of 100000 bytes"]);
  });

  test("a file that only its owner reads, whole after close", async () => {
    const dir = await mkdtemp(join(tmpdir(), "netwright-tap-"));
    const path = join(dir, "a.pcapng");
    const [a, b] = pipe();
    {
      await using capture = await PcapngCapture.toFile(path);
      capture.secrets(bytesOf("CLIENT_RANDOM 00 11\n"));
      const conn = capture.tap(a);
      const reading = (async () => {
        let count = 0;
        while (count < 5_000_000) count += (await b.read())!.length;
      })();
      conn.send(new Uint8Array(5_000_000).fill(7));
      await reading;
    }
    a.send(bytesOf("after"));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const blocks = blocksOf([await readFile(path)]);
    expect(blocks[2]).toMatchObject({ kind: "secrets", secretsType: 0x544c534b });
    const bytes = packetsOf(blocks).reduce(
      (sum, { data }) => sum + decodePacket(data, LINK_TYPE.RAW).payload.length,
      0,
    );
    expect(bytes).toBe(5_000_000);
    await rm(dir, { recursive: true });
  });

  test("no file is written over unless that is asked for", async () => {
    const dir = await mkdtemp(join(tmpdir(), "netwright-tap-"));
    const path = join(dir, "a.pcapng");
    await writeFile(path, "precious");
    const refused = await PcapngCapture.toFile(path).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CaptureFileError);
    expect((refused as CaptureFileError).message).toBe(
      `cannot write a capture to ${path}: there is a file already: choose another name, or say \`overwrite: true\` (EEXIST)`,
    );
    expect(await readFile(path, "utf8")).toBe("precious");
    await (await PcapngCapture.toFile(path, { overwrite: true })).close();
    expect(blocksOf([await readFile(path)])[0]).toMatchObject({ kind: "section" });
    const lost = await PcapngCapture.toFile(join(dir, "missing", "a.pcapng")).catch(String);
    expect(lost).toEndWith("its directory does not exist (ENOENT)");
    await rm(dir, { recursive: true });
  });

  test("a write that fails ends the file, is reported once, and disturbs no traffic", async () => {
    for (const fail of [
      (): void => {
        throw new Error("no space");
      },
      async (): Promise<void> => Promise.reject(new Error("no space")),
    ]) {
      let writes = 0;
      const reasons: unknown[] = [];
      const capture = new PcapngCapture(
        () => {
          writes++;
          return writes < 3 ? undefined : fail();
        },
        { onFailure: (reason) => void reasons.push(reason) },
      );
      const [a, b] = pipe();
      const conn = capture.tap(a);
      await conn.write(bytesOf("ask"));
      expect((await b.read())!.length).toBe(3);
      await capture.close();
      expect([writes, reasons.map(String)]).toEqual([3, ["Error: no space"]]);
      // The first packet of the five is there.
      expect(capture.dropped).toBe(4);
    }
  });

  test("a file that is too slow loses whole packets, counts them, and has its head", async () => {
    const parts: Uint8Array[] = [];
    let open: (() => void) | undefined;
    const capture = new PcapngCapture(
      async (part) => {
        parts.push(part);
        if (parts.length === 1) await new Promise<void>((resolve) => void (open = resolve));
      },
      { maxQueued: 1000 },
    );
    const [a, b] = pipe();
    const conn = capture.tap(a);
    for (let i = 0; i < 100; i++) {
      await conn.write(new Uint8Array(100));
      await b.read();
    }
    expect(parts.length).toBe(1);
    open?.();
    await capture.close();
    const blocks = blocksOf(parts);
    expect(blocks[1]?.kind).toBe("interface");
    const packets = packetsOf(blocks);
    expect(capture.dropped).toBe(203 - packets.length);
    expect(blocks.at(-1)).toMatchObject({ received: 203n, dropped: BigInt(capture.dropped) });
    expect(packets.length).toBeGreaterThan(0);
  });

  test("a file that is too slow has the ends of streams all the same", async () => {
    const parts: Uint8Array[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const capture = new PcapngCapture(
      async (part) => {
        parts.push(part);
        return promise;
      },
      { maxQueued: 1000 },
    );
    const [a, b] = pipe();
    const conn = capture.tap(a);
    for (let i = 0; i < 10; i++) {
      await conn.write(new Uint8Array(100));
      await b.read();
    }
    await b.closeWrite();
    expect(await conn.read()).toBe(null);
    await conn.close();
    await conn.done;
    const [c] = pipe();
    const reset = capture.tap(c);
    reset.abort();
    await reset.done;
    resolve();
    await capture.close();
    expect(capture.dropped).toBeGreaterThan(0);
    expect(packetsOf(blocksOf(parts)).slice(-5).map(lineOf)).toEqual([
      "< FIN+ACK",
      "> ACK",
      "> FIN+ACK",
      "< ACK",
      "> RST+ACK",
    ]);
  });
});
