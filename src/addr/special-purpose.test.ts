import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Addr } from "./addr.ts";
import { Prefix } from "./prefix.ts";
import { specialPurpose, specialPurposes } from "./special-purpose.ts";
import { SPECIAL_PURPOSES } from "./special-purpose-lookup.ts";

/** The attributes as letters, as the table writes them. */
function attributes(text: string): string {
  const entry = specialPurpose(Addr.parse(text));
  if (entry === undefined) return "";
  const { source, destination, forwardable, globallyReachable, reservedByProtocol } = entry;
  const letters = [source, destination, forwardable, globallyReachable, reservedByProtocol].map((each) =>
    each === undefined ? "-" : each ? "y" : "n",
  );
  return `${letters.join("")} ${entry.name}`;
}

describe("specialPurpose", () => {
  test.each([
    ["0.0.0.0", "ynnny This host on this network"],
    ["0.1.2.3", "ynnny This network"],
    ["10.255.255.255", "yyynn Private-Use"],
    ["100.64.0.0", "yyynn Shared Address Space"],
    ["100.127.255.255", "yyynn Shared Address Space"],
    ["127.0.0.1", "nnnny Loopback"],
    ["169.254.1.1", "yynny Link Local"],
    ["192.0.0.7", "yyynn IPv4 Service Continuity Prefix"],
    ["192.0.0.8", "ynnnn IPv4 dummy address"],
    ["192.0.0.9", "yyyyn Port Control Protocol Anycast"],
    ["192.0.0.11", "nnnnn IETF Protocol Assignments"],
    ["192.0.0.171", "nnnny NAT64/DNS64 Discovery"],
    ["192.88.99.1", "----- Deprecated (6to4 Relay Anycast)"],
    ["192.88.99.2", "yyynn 6a44-relay anycast address"],
    ["198.19.255.255", "yyynn Benchmarking"],
    ["240.0.0.1", "nnnny Reserved"],
    ["255.255.255.255", "nynny Limited Broadcast"],
    ["::", "ynnny Unspecified Address"],
    ["::1", "nnnny Loopback Address"],
    ["::ffff:8.8.8.8", "nnnny IPv4-mapped Address"],
    ["64:ff9b::8.8.8.8", "yyyyn IPv4-IPv6 Translat."],
    ["64:ff9b:1::1", "yyynn IPv4-IPv6 Translat."],
    ["100::1", "yyynn Discard-Only Address Block"],
    ["100:0:0:1::1", "ynnnn Dummy IPv6 Prefix"],
    ["2001:1ff::1", "nnnnn IETF Protocol Assignments"],
    ["2001::1", "yyy-n TEREDO"],
    ["2001:1::1", "yyyyn Port Control Protocol Anycast"],
    ["2001:1::4", "nnnnn IETF Protocol Assignments"],
    ["2001:4:112::53", "yyyyn AS112-v6"],
    ["2001:10::1", "----- Deprecated (previously ORCHID)"],
    ["2001:2f::1", "yyyyn ORCHIDv2"],
    ["2001:3f::1", "yyyyn Drone Remote ID Protocol Entity Tags (DETs) Prefix"],
    ["2001:db8::1", "nnnnn Documentation"],
    ["2002:102:304::1", "yyy-n 6to4"],
    ["3fff:fff::1", "nnnnn Documentation"],
    ["5f00:1::1", "yyynn Segment Routing (SRv6) SIDs"],
    ["fdff::1", "yyynn Unique-Local"],
    ["febf::1%eth0", "yynny Link-Local Unicast"],
    ["8.8.8.8", ""],
    ["100.128.0.0", ""],
    ["192.0.1.0", ""],
    ["2606:4700::1111", ""],
    ["100:0:0:2::1", ""],
    ["2001:200::1", ""],
    ["3fff:1000::1", ""],
    ["fec0::1", ""],
    ["ff02::1", ""],
  ])("has of %s: %s", (text, expected) => {
    expect(attributes(text)).toBe(expected);
  });

  test("finds every block by its first address, which has no host bits", () => {
    for (const { block } of SPECIAL_PURPOSES) {
      const { addr } = Prefix.parse(block).masked();
      expect(addr.equals(Prefix.parse(block).addr)).toBe(true);
      expect(specialPurposes(addr).map((each) => each.block)).toContain(block);
    }
    expect(SPECIAL_PURPOSES).toHaveLength(51);
  });

  test("agrees with a walk over the prefixes, for addresses near their borders", () => {
    const prefixes = SPECIAL_PURPOSES.map((entry) => ({ entry, prefix: Prefix.parse(entry.block) }));
    fc.assert(
      fc.property(fc.constantFrom(...prefixes), fc.integer({ min: 0, max: 127 }), ({ prefix }, flip) => {
        const bit = 1n << BigInt(flip % prefix.addr.bitLength);
        const addr = Addr.fromBigInt(prefix.addr.version, prefix.addr.toBigInt() ^ bit);
        const holding = prefixes.filter((each) => each.prefix.contains(addr));
        holding.sort((a, b) => b.prefix.bits - a.prefix.bits);
        expect(specialPurposes(addr)).toEqual(holding.map(({ entry }) => entry));
        expect(specialPurpose(addr)).toBe(holding[0]?.entry);
      }),
    );
  });
});

describe("Addr.isGloballyReachable", () => {
  test.each([
    "8.8.8.8",
    "1.1.1.1",
    "192.0.0.9",
    "192.31.196.1",
    "2606:4700::1111",
    "2001:4:112::53",
    "2620:4f:8000::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
  ])("holds for %s", (text) => {
    expect(Addr.parse(text).isGloballyReachable).toBe(true);
  });

  test.each([
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "192.88.99.1",
    "224.0.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::8.8.8.8",
    "100:0:0:1::1",
    "2001::1",
    "2002:808:808::1",
    "2001:db8::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fd00::1",
    "fe80::1",
    "fec0::1",
    "ff0e::1",
  ])("does not hold for %s", (text) => {
    expect(Addr.parse(text).isGloballyReachable).toBe(false);
  });
});
