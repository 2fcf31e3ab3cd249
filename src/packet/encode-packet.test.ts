import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Addr, Mac } from "../addr/index.ts";
import {
  checksumState,
  decodePacket,
  encodePacket,
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  ipv6Extension,
  ipv6Fragment,
  LINK_TYPE,
  tcp,
  udp,
  verifyChecksums,
  vlan,
} from "./index.ts";

const A = Addr.parse("192.0.2.1");
const B = Addr.parse("198.51.100.2");
const A6 = Addr.parse("2001:db8::1");
const V4 = ipv4({ source: A, destination: B });
const V6 = ipv6({ source: A6, destination: A6 });
const UDP = udp({ sourcePort: 1, destinationPort: 2 });

describe("encodePacket", () => {
  test("the header of RFC 1071's time, byte by byte", () => {
    const bytes = encodePacket(
      [
        ipv4({
          source: Addr.parse("172.16.10.99"),
          destination: Addr.parse("172.16.10.12"),
          identification: 0x1c46,
          ttl: 64,
          protocol: 6,
        }),
      ],
      new Uint8Array(40),
    );
    expect(Buffer.from(bytes.subarray(0, 20)).toString("hex")).toBe("4500003c1c4640004006b1e6ac100a63ac100a0c");
  });

  test("checksums are right for any payload over either IP", () => {
    const layers = [UDP, tcp({ sourcePort: 3, destinationPort: 4, sequence: 5 })];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(V4, V6), fc.nat(3), (payload, ip, which) => {
        const icmpOf = ip === V4 ? icmp({ type: 8 }) : icmpv6({ type: 128 });
        const packet = decodePacket(encodePacket([ip, layers[which] ?? icmpOf], payload), LINK_TYPE.RAW);
        expect(packet.payload).toEqual(payload);
        expect(packet.layers.map((_, i) => checksumState(packet, i))).toEqual(
          ip === V4 ? ["good", "good"] : [undefined, "good"],
        );
      }),
      { numRuns: 500 },
    );
  });

  test("any single bit that flips behind the link layer shows", () => {
    const seed = encodePacket([V4, UDP], Uint8Array.of(1, 2, 3));
    for (let bit = 0; bit < seed.length * 8; bit++) {
      const bytes = new Uint8Array(seed);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const packet = decodePacket(bytes, LINK_TYPE.IPV4);
      const found = packet.error !== undefined || verifyChecksums(packet).length > 0 || packet.udp?.checksum === 0;
      expect([bit, found]).toEqual([bit, true]);
    }
  });

  test("UDP's checksum of 0 goes out as 0xffff; none at all only over IPv4", () => {
    // The last word of the payload is chosen so that the sum comes to 0xffff.
    const open = encodePacket([V4, UDP], Uint8Array.of(0, 0));
    const checksum = open.subarray(26, 28);
    const packet = encodePacket([V4, UDP], new Uint8Array(checksum));
    expect(packet.subarray(26, 28)).toEqual(Uint8Array.of(0xff, 0xff));
    expect(verifyChecksums(decodePacket(packet, LINK_TYPE.RAW))).toEqual([]);
    const none = udp({ sourcePort: 1, destinationPort: 2, checksum: false });
    const without = decodePacket(encodePacket([V4, none]), LINK_TYPE.RAW);
    expect([without.udp!.checksum, checksumState(without, 1), verifyChecksums(without).length]).toEqual([
      0,
      "absent",
      0,
    ]);
    expect(() => encodePacket([V6, none])).toThrow("only over IPv4");
    const zeroed = encodePacket([V6, UDP]);
    zeroed.fill(0, 46, 48);
    expect(checksumState(decodePacket(zeroed, LINK_TYPE.RAW), 1)).toBe("bad");
  });

  test("a checksum that was left to the network card is told apart, and may pass", () => {
    const bytes = encodePacket([V4, tcp({ sourcePort: 1, destinationPort: 2, sequence: 3 })], Uint8Array.of(9));
    const sum = decodePacket(bytes, LINK_TYPE.RAW);
    const ip = sum.layers[0]!;
    if (ip.kind !== "ipv4") throw new Error("layers");
    const pseudo = ip.pseudoSum(6, 21);
    new DataView(bytes.buffer).setUint16(36, (pseudo & 0xffff) + (pseudo >>> 16));
    const packet = decodePacket(bytes, LINK_TYPE.RAW);
    expect(verifyChecksums(packet).map(({ state }) => state)).toEqual(["offloaded"]);
    expect(verifyChecksums(packet, { allowOffloaded: true })).toEqual([]);
    bytes[36]! ^= 1;
    expect(verifyChecksums(packet, { allowOffloaded: true }).map(({ state }) => state)).toEqual(["bad"]);
  });

  test("a routing header with segments left hides the destination that the checksum covers", () => {
    const routed = encodePacket([V6, ipv6Extension(43, Uint8Array.of(4, 1, 0, 0, 0, 0)), UDP]);
    routed[55]! ^= 1;
    expect(checksumState(decodePacket(routed, LINK_TYPE.RAW), 2)).toBe("unknown");
  });

  test("parts that don't fit together are refused", () => {
    const mac = Mac.parse("02:00:00:00:00:01");
    const wide = Mac.parse("02:00:00:00:00:00:00:01");
    const bad: (() => unknown)[] = [
      () => encodePacket([UDP]),
      () => encodePacket([V4]),
      () => encodePacket([ethernet({ source: mac, destination: mac })]),
      () => ethernet({ source: wide, destination: mac }),
      () => ipv4({ source: A, destination: A6 }),
      () => ipv6({ source: A, destination: A6 }),
      () => encodePacket([V4, UDP], new Uint8Array(65_535 - 27)),
      () => encodePacket([V6, UDP], new Uint8Array(65_535 - 7)),
      () => udp({ sourcePort: 65_536, destinationPort: 1 }),
      () => encodePacket([V4, tcp({ sourcePort: 1, destinationPort: 1, sequence: -1 })]),
      () => tcp({ sourcePort: 1, destinationPort: 1, sequence: 0, options: [{ kind: "windowScale", shift: 15 }] }),
      () =>
        tcp({
          sourcePort: 1,
          destinationPort: 1,
          sequence: 0,
          options: [{ kind: "raw", type: 9, data: new Uint8Array(39) }],
        }),
      () => ipv4({ source: A, destination: B, options: new Uint8Array(41) }),
      () => ipv4({ source: A, destination: B, fragmentOffset: 7 }),
      () => ipv6Fragment({ identification: 1, fragmentOffset: 1, moreFragments: true }),
      () => ipv6Extension(17, new Uint8Array(6)),
      () => vlan({ vlan: 4096 }),
      () => encodePacket([icmpv6({ type: 1 })]),
    ];
    for (const each of bad) expect(each).toThrow(RangeError);
    expect(encodePacket([V4, UDP], new Uint8Array(65_535 - 28)).length).toBe(65_535);
  });
});
