import { describe, expect, test } from "bun:test";
import { ParseError } from "../bytes/index.ts";
import { LINK_TYPE, type PcapPacket, PcapReader, PcapWriter, type PcapWriterInit } from "./index.ts";

const TIME = 1_700_000_000_123_456_789n;

function write(init?: Partial<PcapWriterInit>): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new PcapWriter((part) => parts.push(part), { linkType: LINK_TYPE.RAW, ...init });
  writer.packet(TIME, Uint8Array.of(1, 2, 3));
  writer.packet(0n, new Uint8Array(0), 100);
  return new Uint8Array(Buffer.concat(parts));
}

function read(bytes: Uint8Array, piece: number): { readonly packets: PcapPacket[]; readonly reader: PcapReader } {
  const reader = new PcapReader();
  const packets: PcapPacket[] = [];
  for (let at = 0; at < bytes.length; at += piece) packets.push(...reader.push(bytes.subarray(at, at + piece)));
  reader.end();
  return { packets, reader };
}

describe("pcap", () => {
  test.each([true, false])("what was written is read, however it comes; nanoseconds: %p", (nanoseconds) => {
    const bytes = write({ nanoseconds });
    for (let piece = 1; piece <= bytes.length; piece++) {
      const { packets, reader } = read(bytes, piece);
      expect(reader.header).toEqual({ linkType: 101, snapLength: 262_144, nanoseconds, littleEndian: true });
      expect(packets).toEqual([
        { timestamp: nanoseconds ? TIME : TIME - 789n, data: Uint8Array.of(1, 2, 3), wireLength: 3 },
        { timestamp: 0n, data: new Uint8Array(0), wireLength: 100 },
      ]);
    }
  });

  test("big-endian files, with a frame check sequence told beside the link type", () => {
    const words = [0xa1b2c3d4, 0x0002_0004, 0, 0, 65_535, 0x5400_0001, 7, 8, 4, 9, 0x01020304];
    const bytes = new Uint8Array(words.length * 4);
    const view = new DataView(bytes.buffer);
    words.forEach((word, i) => view.setUint32(i * 4, word));
    const { packets, reader } = read(bytes, 3);
    expect(reader.header).toEqual({ linkType: 1, snapLength: 65_535, nanoseconds: false, littleEndian: false });
    expect(packets).toEqual([{ timestamp: 7_000_008_000n, data: Uint8Array.of(1, 2, 3, 4), wireLength: 9 }]);
  });

  test("packets are cut at the snapshot length", () => {
    expect(read(write({ snapLength: 2 }), 1000).packets[0]).toMatchObject({ data: Uint8Array.of(1, 2), wireLength: 3 });
  });

  test("what is no pcap file, is cut off or claims too much", () => {
    const bytes = write();
    expect(() => new PcapReader().push(new Uint8Array(24))).toThrow("this is no pcap file");
    const version = new Uint8Array(bytes);
    version[4] = 3;
    expect(() => new PcapReader().push(version)).toThrow("version 3 is not known");
    expect(() => read(bytes.subarray(0, 30), 30)).toThrow("it is cut off");
    expect(() => new PcapReader().end()).toThrow("it is empty");
    expect(() => new PcapReader({ maxPacket: 2 }).push(bytes)).toThrow("limit of 2");
    const huge = new Uint8Array(bytes);
    huge.fill(255, 32, 36);
    const reader = new PcapReader();
    expect(() => reader.push(huge)).toThrow(ParseError);
    expect(() => reader.push(bytes)).toThrow("limit of 16777216");
  });

  test("times that it cannot hold are refused", () => {
    const writer = new PcapWriter(() => undefined, { linkType: 1 });
    expect(() => writer.packet(-1n, new Uint8Array(0))).toThrow(RangeError);
    expect(() => writer.packet(-2_000_000_000n, new Uint8Array(0))).toThrow(RangeError);
    expect(() => writer.packet(2n ** 32n * 1_000_000_000n, new Uint8Array(0))).toThrow(RangeError);
  });
});
