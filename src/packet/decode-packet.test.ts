import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Addr, Mac } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import {
  arp,
  ARP_OPERATION,
  decodeIpv4,
  decodePacket,
  encodePacket,
  ethernet,
  type HeaderBuilder,
  icmp,
  icmpv6,
  IP_PROTOCOL,
  ipv4,
  ipv6,
  ipv6Extension,
  ipv6Fragment,
  LINK_TYPE,
  tcp,
  TCP_FLAGS,
  type TcpOption,
  TruncatedError,
  udp,
  verifyChecksums,
  vlan,
} from "./index.ts";

const A = Addr.parse("192.0.2.1");
const B = Addr.parse("198.51.100.2");
const A6 = Addr.parse("2001:db8::1");
const B6 = Addr.parse("2001:db8::2");
const MAC_A = Mac.parse("02:00:00:00:00:0a");
const MAC_B = Mac.parse("02:00:00:00:00:0b");
const HELLO = new TextEncoder().encode("hello");
const LINK = ethernet({ source: MAC_A, destination: MAC_B });
const V4 = ipv4({ source: A, destination: B });
const V6 = ipv6({ source: A6, destination: B6 });

function kinds(bytes: Uint8Array, linkType: number = LINK_TYPE.ETHERNET): readonly string[] {
  return decodePacket(bytes, linkType).layers.map(({ kind }) => kind);
}

describe("decodePacket", () => {
  test("TCP over IPv4 over two VLAN tags: every field", () => {
    const options: TcpOption[] = [
      { kind: "mss", value: 1460 },
      { kind: "sackPermitted" },
      { kind: "timestamps", value: 0xffff_fffe, echo: 7 },
      { kind: "windowScale", shift: 7 },
    ];
    const flags = TCP_FLAGS.SYN | TCP_FLAGS.ECE | TCP_FLAGS.AE;
    const bytes = encodePacket([
      LINK,
      vlan({ vlan: 100, service: true, priority: 7, dropEligible: true }),
      vlan({ vlan: 4095 }),
      ipv4({ source: A, destination: B, ttl: 3, dscp: 46, ecn: 2, identification: 0xabcd, dontFragment: false }),
      tcp({ sourcePort: 40_000, destinationPort: 443, sequence: 0xffff_ffff, flags, window: 1000, options }),
    ]);
    const packet = decodePacket(bytes, LINK_TYPE.ETHERNET);
    expect(packet.error).toBeUndefined();
    expect(packet.layers.map(({ kind }) => kind)).toEqual(["ethernet", "vlan", "vlan", "ipv4", "tcp"]);
    expect([String(packet.ethernet!.source), String(packet.ethernet!.destination)]).toEqual([
      "02:00:00:00:00:0a",
      "02:00:00:00:00:0b",
    ]);
    expect(packet.ethernet!.etherType).toBe(0x88a8);
    const [, outer, inner, ip] = packet.layers;
    if (outer?.kind !== "vlan" || inner?.kind !== "vlan" || ip?.kind !== "ipv4") throw new Error("layers");
    expect([outer.vlan, outer.priority, outer.dropEligible, outer.etherType]).toEqual([100, 7, true, 0x8100]);
    expect([inner.vlan, inner.priority, inner.dropEligible, inner.etherType]).toEqual([4095, 0, false, 0x0800]);
    expect([ip.ttl, ip.dscp, ip.ecn, ip.identification, ip.dontFragment, ip.isFragment]).toEqual([
      3,
      46,
      2,
      0xabcd,
      false,
      false,
    ]);
    const { tcp: segment } = packet;
    expect([segment!.sequence, segment!.acknowledgment, segment!.flags, segment!.window]).toEqual([
      0xffff_ffff,
      0,
      flags,
      1000,
    ]);
    expect([segment!.has("SYN"), segment!.has("ACK"), segment!.has("AE")]).toEqual([true, false, true]);
    expect(segment!.options).toEqual(options);
    expect(verifyChecksums(packet)).toEqual([]);
  });

  test("the flow is the same key both ways", () => {
    const there = encodePacket([V4, udp({ sourcePort: 9, destinationPort: 7 })]);
    const back = encodePacket([ipv4({ source: B, destination: A }), udp({ sourcePort: 7, destinationPort: 9 })]);
    const flows = [there, back].map((bytes) => decodePacket(bytes, LINK_TYPE.RAW).flow!);
    expect(flows.map(String)).toEqual(["udp 192.0.2.1:9 > 198.51.100.2:7", "udp 198.51.100.2:7 > 192.0.2.1:9"]);
    expect(flows[0]!.key).toBe(flows[1]!.key);
    const other = decodePacket(encodePacket([V4, udp({ sourcePort: 7, destinationPort: 9 })]), LINK_TYPE.RAW).flow!;
    expect(other.key).not.toBe(flows[0]!.key);
    const echo = decodePacket(encodePacket([V6, icmpv6({ type: 128 })]), LINK_TYPE.RAW).flow!;
    expect(echo.toString()).toBe("ip 2001:db8::1 > 2001:db8::2");
  });

  test("ARP, with Ethernet's padding left out", () => {
    const bytes = encodePacket([
      ethernet({ source: MAC_A, destination: Mac.broadcast }),
      arp({ operation: ARP_OPERATION.REQUEST, senderMac: MAC_A, sender: A, target: B }),
    ]);
    const framed = new Uint8Array(60);
    framed.set(bytes);
    const packet = decodePacket(framed, LINK_TYPE.ETHERNET);
    const found = packet.arp!;
    expect([found.operation, String(found.senderMac), String(found.sender)]).toEqual([
      1,
      "02:00:00:00:00:0a",
      "192.0.2.1",
    ]);
    expect([String(found.targetMac), String(found.target)]).toEqual(["00:00:00:00:00:00", "198.51.100.2"]);
    expect(packet.payload.length).toBe(0);
  });

  test("padding behind IP is no payload, and the payload is a view", () => {
    const framed = new Uint8Array(60).fill(0xee);
    framed.set(encodePacket([LINK, V4, udp({ sourcePort: 1, destinationPort: 2 })], HELLO));
    const packet = decodePacket(framed, LINK_TYPE.ETHERNET);
    expect(new TextDecoder().decode(packet.payload)).toBe("hello");
    expect(packet.payload.buffer).toBe(framed.buffer);
    expect(packet.truncated).toBe(false);
    expect(verifyChecksums(packet)).toEqual([]);
  });

  test("extension headers of IPv6 in a chain", () => {
    const bytes = encodePacket(
      [
        V6,
        ipv6Extension(IP_PROTOCOL.HOP_BY_HOP, Uint8Array.of(5, 2, 0, 0)),
        ipv6Extension(IP_PROTOCOL.ROUTING, Uint8Array.of(4, 0, 0, 0, 0, 0)),
        ipv6Extension(IP_PROTOCOL.DESTINATION, new Uint8Array(14)),
        ipv6Fragment({ identification: 0xdead_beef, fragmentOffset: 0, moreFragments: false }),
        udp({ sourcePort: 1, destinationPort: 2 }),
      ],
      HELLO,
    );
    expect(kinds(bytes, LINK_TYPE.RAW)).toEqual([
      "ipv6",
      "ipv6-extension",
      "ipv6-extension",
      "ipv6-extension",
      "ipv6-fragment",
      "udp",
    ]);
    const packet = decodePacket(bytes, LINK_TYPE.IPV6);
    expect(packet.payload).toEqual(HELLO);
    expect(verifyChecksums(packet)).toEqual([]);
    const authenticated = encodePacket([ipv6({ source: A6, destination: B6, nextHeader: 51 })], AUTHENTICATED);
    expect(kinds(authenticated, LINK_TYPE.RAW)).toEqual(["ipv6", "ipv6-extension", "udp"]);
  });

  test("fragments are not decoded beyond IP", () => {
    const later = ipv4({ source: A, destination: B, fragmentOffset: 1480, protocol: 17 });
    expect(kinds(encodePacket([later], HELLO), LINK_TYPE.RAW)).toEqual(["ipv4"]);
    const first = ipv4({ source: A, destination: B, moreFragments: true, protocol: 17, dontFragment: false });
    const packet = decodePacket(encodePacket([first], HELLO), LINK_TYPE.IPV4);
    expect([packet.layers.length, packet.payload, packet.error]).toEqual([1, HELLO, undefined]);
    const v6 = encodePacket(
      [V6, ipv6Fragment({ identification: 1, fragmentOffset: 8, moreFragments: true, nextHeader: 17 })],
      HELLO,
    );
    const [, fragment] = decodePacket(v6, LINK_TYPE.RAW).layers;
    if (fragment?.kind !== "ipv6-fragment") throw new Error("layers");
    expect([fragment.identification, fragment.fragmentOffset, fragment.moreFragments]).toEqual([1, 8, true]);
  });

  test("the packet that an ICMP error quotes", () => {
    const quoted = encodePacket([V4, udp({ sourcePort: 5, destinationPort: 53 })], new Uint8Array(1000)).subarray(
      0,
      28,
    );
    const packet = decodePacket(encodePacket([V4, icmp({ type: 3, code: 4, rest: 1280 })], quoted), LINK_TYPE.RAW);
    expect([packet.icmp!.isError, packet.icmp!.rest, packet.icmp!.kind]).toEqual([true, 1280, "icmp"]);
    const cause = decodePacket(packet.payload, LINK_TYPE.RAW, { wireLength: 65_535 });
    expect([cause.truncated, cause.error, cause.udp!.destinationPort]).toEqual([true, undefined, 53]);
  });

  test("Linux cooked captures, both versions", () => {
    const ip = encodePacket([V4, icmp({ type: 8, rest: 0x0001_0002 })]);
    const sll = Uint8Array.of(0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 10, 0, 0, 8, 0, ...ip);
    const sll2 = Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 3, 3, 4, 4, 6, 2, 0, 0, 0, 0, 10, 0, 0, ...ip);
    const [one, two] = [decodePacket(sll, LINK_TYPE.LINUX_SLL), decodePacket(sll2, LINK_TYPE.LINUX_SLL2)];
    for (const packet of [one, two]) {
      const [cooked] = packet.layers;
      if (cooked?.kind !== "linux-cooked") throw new Error("layers");
      expect([cooked.packetType, cooked.etherType, Mac.fromBytes(cooked.address).toString()]).toEqual([
        4,
        0x0800,
        "02:00:00:00:00:0a",
      ]);
      expect([cooked.deviceType, cooked.interfaceIndex]).toEqual(cooked.version === 1 ? [1, undefined] : [772, 3]);
      expect([packet.icmp!.identifier, packet.icmp!.sequence]).toEqual([1, 2]);
    }
  });

  test("what is not known stays payload", () => {
    expect(kinds(Uint8Array.of(1, 2, 3), 147)).toEqual([]);
    expect(decodePacket(Uint8Array.of(1, 2, 3), 147).payload).toEqual(Uint8Array.of(1, 2, 3));
    expect(kinds(encodePacket([ethernet({ source: MAC_A, destination: MAC_B, etherType: 0x88cc })], HELLO))).toEqual([
      "ethernet",
    ]);
    const llc = encodePacket([ethernet({ source: MAC_A, destination: MAC_B, etherType: 3 })], HELLO);
    const packet = decodePacket(llc, LINK_TYPE.ETHERNET);
    expect([packet.ethernet!.etherType, packet.payload.length]).toEqual([undefined, 3]);
  });

  test("a capture that was cut anywhere is truncated, and not wrong", () => {
    const bytes = encodePacket(
      [LINK, V4, tcp({ sourcePort: 1, destinationPort: 2, sequence: 3, options: [{ kind: "mss", value: 9 }] })],
      HELLO,
    );
    for (let length = 0; length < bytes.length; length++) {
      const packet = decodePacket(bytes.subarray(0, length), LINK_TYPE.ETHERNET, { wireLength: bytes.length });
      expect([packet.truncated, packet.error]).toEqual([true, undefined]);
      expect(packet.wireLength).toBe(bytes.length);
      expect(verifyChecksums(packet)).toEqual([]);
    }
    expect(decodePacket(bytes, LINK_TYPE.ETHERNET, { wireLength: bytes.length }).truncated).toBe(false);
  });

  test("the same without a longer length on the wire is an error with its place", () => {
    const bytes = encodePacket([LINK, V4, udp({ sourcePort: 1, destinationPort: 2 })], HELLO);
    for (let length = 0; length < bytes.length; length++) {
      const packet = decodePacket(bytes.subarray(0, length), LINK_TYPE.ETHERNET);
      expect(packet.error).toBeInstanceOf(ParseError);
      expect(packet.truncated).toBe(false);
    }
    expect(decodePacket(bytes.subarray(0, 40), LINK_TYPE.ETHERNET).error!.message).toBe(
      "cannot parse 40 bytes: the total length is 33, and 26 bytes are there (at 16)",
    );
  });

  test.each([
    ["a version that is none", [0, 0x55], "version 4, not 5"],
    ["a header shorter than 20 bytes", [0, 0x44], "16 bytes is too short"],
    ["options beyond the packet", [0, 0x4f], "needs 60 bytes"],
    ["a total length below the header's", [3, 19], "less than the header's"],
    ["a UDP length below 8", [25, 7], "less than the header's"],
    ["a UDP length beyond the packet", [25, 14], "14, and 13 bytes"],
  ])("%s", (_name, [at, value], reason) => {
    const bytes = encodePacket([V4, udp({ sourcePort: 1, destinationPort: 2 })], HELLO);
    bytes[at!] = value!;
    expect(decodePacket(bytes, LINK_TYPE.IPV4).error?.reason).toContain(reason);
  });

  test("a total length of 0, as segmentation offload leaves it, reaches to the end", () => {
    const bytes = encodePacket([V4, tcp({ sourcePort: 1, destinationPort: 2, sequence: 3 })], HELLO);
    bytes[3] = 0;
    expect(decodePacket(bytes, LINK_TYPE.RAW).payload).toEqual(HELLO);
    const v6 = encodePacket([V6, udp({ sourcePort: 1, destinationPort: 2 })], HELLO);
    v6[5] = 0;
    expect(decodePacket(v6, LINK_TYPE.RAW).payload).toEqual(HELLO);
  });

  test("a packet of nothing but headers ends at a bound", () => {
    const tags = Array.from({ length: 100 }, () => vlan({ vlan: 1 }));
    const packet = decodePacket(encodePacket([LINK, ...tags, V4, icmp({ type: 8 })]), LINK_TYPE.ETHERNET);
    expect([packet.layers.length, packet.error?.reason]).toEqual([32, "more than 32 layers"]);
  });

  test("options that don't hold together throw when they are asked for", () => {
    const bytes = encodePacket([V4, tcp({ sourcePort: 1, destinationPort: 2, sequence: 3, options: [MSS] })]);
    for (const length of [0, 1, 5, 255]) {
      bytes[41] = length;
      const { tcp: segment, error } = decodePacket(bytes, LINK_TYPE.RAW);
      expect(error).toBeUndefined();
      expect(() => segment!.options).toThrow(ParseError);
    }
    bytes[41] = 3;
    expect(decodePacket(bytes, LINK_TYPE.RAW).tcp!.options).toEqual([{ kind: "raw", type: 2, data: Uint8Array.of(1) }]);
    const ip = encodePacket([ipv4({ source: A, destination: B, protocol: 99, options: Uint8Array.of(1, 7, 3, 4) })]);
    expect(decodeIpv4(ip).options).toEqual([{ type: 7, data: Uint8Array.of(4) }]);
    ip[22] = 4;
    expect(() => decodeIpv4(ip).options).toThrow("length that cannot be");
  });

  test("a single decoder throws, and tells a cut capture from a wrong packet", () => {
    const bytes = encodePacket([V4, icmp({ type: 8 })]);
    expect(() => decodeIpv4(bytes.subarray(0, 19))).toThrow(ParseError);
    expect(() => decodeIpv4(bytes.subarray(0, 19))).not.toThrow(TruncatedError);
    expect(() => decodeIpv4(bytes.subarray(0, 19), 0, 28)).toThrow(TruncatedError);
  });

  test("any bytes as any link type: no crash, no endless loop, nothing outside the packet", () => {
    const linkTypes = Object.values(LINK_TYPE);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...linkTypes),
        fc.nat(400),
        (bytes, link, wire) => {
          const packet = decodePacket(bytes, link, { wireLength: wire });
          for (const layer of packet.layers) expect(layer.payload.byteLength).toBeLessThanOrEqual(bytes.length);
          verifyChecksums(packet);
          expect(packet.flow?.key).not.toBe("");
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("a packet with any byte changed: decoded or refused", () => {
    const stack: HeaderBuilder[] = [LINK, vlan({ vlan: 5 }), V6, ipv6Extension(60, new Uint8Array(6))];
    const seed = encodePacket(
      [...stack, tcp({ sourcePort: 1, destinationPort: 2, sequence: 3, options: [MSS] })],
      HELLO,
    );
    for (let at = 0; at < seed.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff, seed[at]! ^ 1]) {
        const bytes = new Uint8Array(seed);
        bytes[at] = value;
        const packet = decodePacket(bytes, LINK_TYPE.ETHERNET);
        expect(packet.layers.length > 0 || packet.error !== undefined).toBe(true);
        verifyChecksums(packet);
      }
    }
  });
});

const MSS: TcpOption = { kind: "mss", value: 256 + 1 };
const AUTHENTICATED = Uint8Array.of(17, 1, 0, 0, 1, 2, 3, 4, 0, 0, 0, 1, 0, 1, 0, 2, 0, 8, 0, 0);
