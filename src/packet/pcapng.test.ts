import { describe, expect, test } from "bun:test";
import { Addr } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import { seededRandom } from "../clock/index.ts";
import { LINK_TYPE, type PcapngBlock, PcapngReader, PcapngWriter, SECRETS_TYPE } from "./index.ts";

const TIME = 1_700_000_000_123_456_789n;
const KEYS = new TextEncoder().encode("CLIENT_RANDOM 00 11\n");

/** A file with a block of every kind. */
function sample(littleEndian: boolean): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  const writer = new PcapngWriter((block) => blocks.push(block), {
    application: "netwright",
    os: "Ünix",
    hardware: "none",
    comment: "a comment",
    littleEndian,
  });
  writer.addInterface({ linkType: LINK_TYPE.RAW, name: "tap0", description: "made up", snapLength: 5 });
  const second = writer.addInterface({ linkType: LINK_TYPE.ETHERNET });
  writer.secrets(SECRETS_TYPE.TLS_KEY_LOG, KEYS);
  writer.packet({ interface: second, timestamp: TIME, data: Uint8Array.of(1, 2, 3), direction: "outbound" });
  writer.packet({ interface: 0, timestamp: TIME, data: new Uint8Array(9), wireLength: 20, comment: "cut" });
  writer.packet({ interface: 0, timestamp: 0n, data: new Uint8Array(0), direction: "inbound" });
  writer.simplePacket(Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
  writer.names([
    { addr: Addr.parse("192.0.2.1"), names: ["one.example", "eins.example"] },
    { addr: Addr.parse("2001:db8::1"), names: ["two.example"] },
  ]);
  writer.block(0x0bad, Uint8Array.of(1, 2, 3, 4, 5));
  writer.statistics({ interface: second, timestamp: TIME, received: 3n, dropped: 0xffff_ffff_ffff_ffffn });
  return blocks;
}

function read(bytes: Uint8Array, piece: number = bytes.length): PcapngBlock[] {
  const reader = new PcapngReader();
  const blocks: PcapngBlock[] = [];
  for (let at = 0; at < bytes.length; at += piece) blocks.push(...reader.push(bytes.subarray(at, at + piece)));
  reader.end();
  return blocks;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function faultOf(bytes: Uint8Array): ParseError {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

/** The file with a number changed, little-endian. */
function patched(bytes: Uint8Array, at: number, value: number, width: 2 | 4 = 4): Uint8Array {
  const copy = new Uint8Array(bytes);
  const view = new DataView(copy.buffer);
  if (width === 4) view.setUint32(at, value, true);
  else view.setUint16(at, value, true);
  return copy;
}

describe("pcapng", () => {
  test.each([true, false])("what was written is read, little-endian: %p", (littleEndian) => {
    const [section, tap, ether, secrets, first, cut, empty, simple, names, unknown, statistics, none] = read(
      concat(sample(littleEndian)),
    );
    expect(none).toBeUndefined();
    expect(section).toMatchObject({
      kind: "section",
      littleEndian,
      major: 1,
      minor: 0,
      length: undefined,
      application: "netwright",
      os: "Ünix",
      hardware: "none",
    });
    expect(tap).toMatchObject({
      kind: "interface",
      id: 0,
      linkType: 101,
      snapLength: 5,
      name: "tap0",
      description: "made up",
    });
    expect(ether).toMatchObject({ kind: "interface", id: 1, linkType: 1, name: undefined });
    expect(secrets).toMatchObject({ kind: "secrets", secretsType: 0x544c534b, data: KEYS });
    expect(first).toMatchObject({
      kind: "packet",
      timestamp: TIME,
      data: Uint8Array.of(1, 2, 3),
      wireLength: 3,
      direction: "outbound",
      comments: [],
    });
    expect(cut).toMatchObject({ data: new Uint8Array(5), wireLength: 20, comments: ["cut"], direction: undefined });
    expect(empty).toMatchObject({ data: new Uint8Array(0), wireLength: 0, timestamp: 0n, direction: "inbound" });
    expect(simple).toMatchObject({ data: Uint8Array.of(1, 2, 3, 4, 5), wireLength: 7, timestamp: undefined });
    if (names?.kind !== "names") throw new Error("names");
    expect(names.names.map(({ addr, names }) => [String(addr), ...names])).toEqual([
      ["192.0.2.1", "one.example", "eins.example"],
      ["2001:db8::1", "two.example"],
    ]);
    expect(unknown).toEqual({ kind: "unknown", type: 0x0bad, body: Uint8Array.of(1, 2, 3, 4, 5, 0, 0, 0) });
    expect(statistics).toMatchObject({ timestamp: TIME, received: 3n, dropped: 0xffff_ffff_ffff_ffffn });
  });

  test("every split gives the same blocks, in sections of both byte orders", () => {
    const file = concat([...sample(true), ...sample(false), ...sample(true)]);
    const whole = read(file);
    expect(whole.length).toBe(33);
    for (const piece of [1, 2, 3, 5, 7, 11, 12, 13, 64, 100, 1000]) expect(read(file, piece)).toEqual(whole);
    for (let at = 1; at < 700; at++) {
      const reader = new PcapngReader();
      const blocks = [...reader.push(file.subarray(0, at)), ...reader.push(file.subarray(at))];
      reader.end();
      expect(blocks.length).toBe(33);
    }
  });

  test("blocks that came whole are views of what was given", () => {
    const file = concat(sample(true));
    const found = new PcapngReader().push(file).find((block) => block.kind === "packet");
    expect(found!.data.buffer).toBe(file.buffer);
  });

  test.each([
    ["10^-3", [3], 5n, 5_000_000n],
    ["10^-6 when nothing is said", undefined, 5n, 5000n],
    ["10^-9", [9], 5n, 5n],
    ["10^-12", [12], 5999n, 5n],
    ["2^-10", [0x8a], 1024n + 512n, 1_500_000_000n],
    ["10^-127", [127], 5n, 0n],
  ])("times in units of %s", (_name, resolution, ticks, expected) => {
    const options = resolution === undefined ? [] : [9, 0, 1, 0, resolution[0]!, 0, 0, 0, 0, 0, 0, 0];
    const description = [
      ...u32(1),
      ...u32(20 + options.length),
      1,
      0,
      0,
      0,
      ...u32(0),
      ...options,
      ...u32(20 + options.length),
    ];
    const packet = [
      6,
      0,
      0,
      0,
      ...u32(32),
      ...u32(0),
      ...u32(0),
      ...u32(Number(ticks)),
      ...u32(0),
      ...u32(0),
      ...u32(32),
    ];
    const blocks = read(concat([sample(true)[0]!, Uint8Array.from(description), Uint8Array.from(packet)]));
    expect(blocks.at(-1)).toMatchObject({ kind: "packet", timestamp: expected });
  });

  test("if_tsoffset is added, also a negative one", () => {
    const offset = new Uint8Array(8);
    new DataView(offset.buffer).setBigInt64(0, -2n, true);
    const description = [...u32(1), ...u32(32), 1, 0, 0, 0, ...u32(0), 14, 0, 8, 0, ...offset, ...u32(32)];
    const packet = [6, 0, 0, 0, ...u32(32), ...u32(0), ...u32(0), ...u32(5_000_000), ...u32(0), ...u32(0), ...u32(32)];
    const blocks = read(concat([sample(true)[0]!, Uint8Array.from(description), Uint8Array.from(packet)]));
    expect(blocks.at(-1)).toMatchObject({ timestamp: 3_000_000_000n });
  });

  test("the obsolete Packet Block is read", () => {
    const head = [2, 0, 0, 0, ...u32(36), 1, 0, 7, 0, ...u32(0), ...u32(9), ...u32(2), ...u32(60)];
    const block = Uint8Array.from([...head, 1, 2, 0, 0, ...u32(36)]);
    const found = read(concat([...sample(true), block])).at(-1);
    expect(found).toMatchObject({ data: Uint8Array.of(1, 2), wireLength: 60, timestamp: 9n, dropped: 7n });
  });

  test("version 1.2 is taken, others are not", () => {
    const head = sample(true)[0]!;
    expect(read(patched(head, 14, 2, 2))).toMatchObject([{ major: 1, minor: 2 }]);
    for (const minor of [1, 3]) expect(faultOf(patched(head, 14, minor, 2)).reason).toContain(`version 1.${minor}`);
    expect(faultOf(patched(head, 12, 2, 2)).reason).toContain("version 2.0");
  });

  const file = concat(sample(true));
  const interfaceAt = sample(true)[0]!.length;
  const packetAt = sample(true)
    .slice(0, 4)
    .reduce((sum, { length }) => sum + length, 0);

  test.each([
    ["no section", patched(file, 0, 6), "begins with no section"],
    ["no byte-order magic", patched(file, 8, 7), "no byte-order magic"],
    ["a length that is no multiple of 4", patched(file, interfaceAt + 4, 21), "no length of 21"],
    ["a length below 12", patched(file, interfaceAt + 4, 8), "no length of 8"],
    ["a length of 4 GiB", patched(file, interfaceAt + 4, 0xffff_fffc), "longer than the limit"],
    ["a length behind that differs", patched(file, interfaceAt - 4, 12), "says 12 at its end"],
    ["a section's length below -1", patched(patched(file, 16, 0xffff_fff0), 20, 0xffff_ffff), "no length of -16"],
    ["an option beyond its block", patched(file, 26, 60_000, 2), "60000 bytes"],
    ["a packet of no interface", patched(file, packetAt + 8, 9), "the interface 9 was not described"],
    ["more captured than there is", patched(file, packetAt + 20, 1000), "1000 bytes captured"],
    [
      "an interface of no length",
      Uint8Array.from([...file.subarray(0, interfaceAt), ...u32(1), ...u32(12), ...u32(12)]),
      "too short",
    ],
  ])("%s", (_name, bytes, reason) => {
    expect(faultOf(bytes).reason).toContain(reason);
  });

  test("a simple packet before any interface, and a packet of an earlier section's interface", () => {
    const simple = Uint8Array.from([...u32(3), ...u32(16), ...u32(0), ...u32(16)]);
    expect(faultOf(concat([sample(true)[0]!, simple])).reason).toContain("interface 0 was not described");
    expect(faultOf(concat([...sample(true), sample(true)[0]!, simple])).reason).toContain("interface 0 was not");
  });

  test("a fault says where in the file, gives what came before it, and stays", () => {
    const reader = new PcapngReader();
    const bytes = patched(file, packetAt + 20, 1000);
    expect(() => reader.push(bytes)).toThrow(`in what begins at byte ${packetAt} of the file`);
    expect(reader.rest().map(({ kind }) => kind)).toEqual(["section", "interface", "interface", "secrets"]);
    expect(() => reader.push(file)).toThrow("1000 bytes captured");
    expect(() => reader.end()).toThrow("1000 bytes captured");
  });

  test("a file that ends early, and one that is empty", () => {
    const reader = new PcapngReader();
    reader.push(file.subarray(0, file.length - 1));
    expect(() => reader.end()).toThrow("it is cut off");
    expect(() => new PcapngReader().end()).toThrow("it is empty");
  });

  test("a claim of much costs nothing before it comes; the limit is the caller's", () => {
    const reader = new PcapngReader({ maxBlock: 0xffff_fffc });
    reader.push(patched(file.subarray(0, interfaceAt + 12), interfaceAt + 4, 0xffff_fff0));
    const before = process.memoryUsage().arrayBuffers;
    reader.push(new Uint8Array(100_000));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(() => new PcapngReader({ maxBlock: 16 }).push(file)).toThrow("limit of 16");
  });

  test("mutated files: read or refused, whatever the pieces", () => {
    const random = seededRandom(5);
    const seed = concat([...sample(true), ...sample(false)]);
    for (let run = 0; run < 3000; run++) {
      const bytes = new Uint8Array(seed);
      const changes = 1 + (random.uint32() % 4);
      for (let i = 0; i < changes; i++) bytes[random.uint32() % bytes.length] = random.uint32();
      const cut = bytes.subarray(0, random.uint32() % 2 === 0 ? bytes.length : random.uint32() % bytes.length);
      expect(outcome(cut, 1 + (random.uint32() % 64))).toEqual(outcome(cut, bytes.length));
    }
  });

  test("the writer refuses what the format has no room for", () => {
    const writer = new PcapngWriter(() => undefined);
    expect(() => writer.packet({ interface: 0, timestamp: 0n, data: KEYS })).toThrow("no interface 0");
    expect(() => writer.simplePacket(KEYS)).toThrow("no interface 0");
    expect(() => writer.statistics({ interface: 1, timestamp: 0n })).toThrow("no interface 1");
    expect(() => writer.addInterface({ linkType: 65_536 })).toThrow(RangeError);
    const id = writer.addInterface({ linkType: 1 });
    expect(() => writer.packet({ interface: id, timestamp: 0n, data: KEYS, comment: "x".repeat(70_000) })).toThrow(
      RangeError,
    );
  });
});

/** What reading comes to: the blocks by kind, and the fault. */
function outcome(bytes: Uint8Array, piece: number): readonly string[] {
  const reader = new PcapngReader({ maxBlock: 100_000 });
  const seen: string[] = [];
  try {
    for (let at = 0; at < bytes.length; at += piece) {
      for (const { kind } of reader.push(bytes.subarray(at, at + piece))) seen.push(kind);
    }
    reader.end();
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    seen.push(...reader.rest().map(({ kind }) => kind), error.reason);
  }
  return seen;
}

function u32(value: number): readonly number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}
