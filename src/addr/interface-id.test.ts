import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { Addr } from "./addr.ts";
import {
  interfaceIdOf,
  interfaceIdOfMac,
  isReservedInterfaceId,
  macOfInterfaceId,
  withInterfaceId,
} from "./interface-id.ts";
import { Mac } from "./mac.ts";
import { Prefix } from "./prefix.ts";
import { stableInterfaceId, temporaryInterfaceId } from "./stable-interface-id.ts";

const SUBNET = Prefix.parse("2001:db8:1::/64");
const SECRET = new Uint8Array(16).fill(7);
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());

/** The last half of an address. */
function id(text: string): Uint8Array {
  return interfaceIdOf(Addr.parse(text));
}

describe("interfaceIdOfMac", () => {
  test("follows RFC 4291 appendix A and RFC 2464 section 4", () => {
    const link = Prefix.parse("fe80::/64");
    expect(withInterfaceId(link, interfaceIdOfMac(Mac.parse("34:56:78:9a:bc:de"))).toString()).toBe(
      "fe80::3656:78ff:fe9a:bcde",
    );
    expect(withInterfaceId(link, interfaceIdOfMac(Mac.parse("02:42:ac:11:00:02"))).toString()).toBe(
      "fe80::42:acff:fe11:2",
    );
    expect(withInterfaceId(link, interfaceIdOfMac(Mac.parse("00:00:5e:ef:10:00:00:01"))).toString()).toBe(
      "fe80::200:5eef:1000:1",
    );
  });

  test("macOfInterfaceId is its inverse, and sees no address where none is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
        bytes[0]! &= 0xfe;
        const mac = Mac.fromBytes(bytes);
        expect(macOfInterfaceId(interfaceIdOfMac(mac))?.equals(mac)).toBe(true);
      }),
    );
    expect(macOfInterfaceId(id("fe80::1"))).toBeUndefined();
    expect(macOfInterfaceId(id("fe80::100:ff:fe00:1"))).toBeUndefined();
  });
});

test.each([
  ["::", true],
  ["::1", false],
  ["::200:5eff:fe00:0", true],
  ["::200:5eff:fe00:5213", true],
  ["::200:5eff:feff:ffff", true],
  ["::200:5eff:ff00:0", false],
  ["::200:5eff:fd00:0", false],
  ["::fdff:ffff:ffff:ff7f", false],
  ["::fdff:ffff:ffff:ff80", true],
  ["::fdff:ffff:ffff:ffff", true],
  ["::ffff:ffff:ffff:ffff", false],
])("isReservedInterfaceId of %s is %s", (text, reserved) => {
  expect(isReservedInterfaceId(id(text))).toBe(reserved);
});

test("withInterfaceId refuses what leaves no 64 bits, and clears host bits", () => {
  expect(withInterfaceId(Prefix.parse("2001:db8::dead/48"), id("::1")).toString()).toBe("2001:db8::1");
  expect(() => withInterfaceId(Prefix.parse("2001:db8::/65"), id("::1"))).toThrow("at most 64 bits");
  expect(() => withInterfaceId(Prefix.parse("10.0.0.0/8"), id("::1"))).toThrow(RangeError);
  expect(() => withInterfaceId(SUBNET, new Uint8Array(7))).toThrow("8 bytes, not 7");
  expect(() => interfaceIdOf(Addr.parse("10.0.0.1"))).toThrow(RangeError);
});

describe("stableInterfaceId", () => {
  const input = { prefix: SUBNET, interfaceName: "eth0", networkId: "home", secret: SECRET };

  test("is the recipe of its documentation, done by hand", () => {
    const fields = [
      Addr.parse("2001:db8:1::").toBytes(),
      Uint8Array.of(64, 0, 0, 0, 4),
      new TextEncoder().encode("eth0"),
      Uint8Array.of(0, 0, 0, 4),
      new TextEncoder().encode("home"),
      Uint8Array.of(0, 0, 0, 3),
      SECRET,
    ];
    const digest = sha256(Uint8Array.from(fields.flatMap((each) => [...each])));
    expect(stableInterfaceId({ ...input, dadCounter: 3 }, sha256)).toEqual({ id: digest.slice(24), dadCounter: 3 });
  });

  test("stays the same in a subnet and changes with each of its inputs", () => {
    const of = (change: object): string => stableInterfaceId({ ...input, ...change }, sha256).id.toString();
    expect(of({})).toBe(of({}));
    expect(of({ prefix: Prefix.parse("2001:db8:1::42/64") })).toBe(of({}));
    const others = [
      { prefix: Prefix.parse("2001:db8:2::/64") },
      { prefix: Prefix.parse("2001:db8:1::/56") },
      { interfaceName: "eth1" },
      { networkId: "" },
      { interfaceName: "eth0home", networkId: "" },
      { dadCounter: 1 },
      { secret: new Uint8Array(16).fill(8) },
    ].map(of);
    expect(new Set([of({}), ...others]).size).toBe(others.length + 1);
  });

  test("skips what is reserved, and says which counter it took", () => {
    const digests = [
      new Uint8Array(32),
      new Uint8Array(32).fill(0xff, 25).fill(0xfd, 24, 25),
      new Uint8Array(32).fill(9),
    ];
    let calls = 0;
    const { id: chosen, dadCounter } = stableInterfaceId(input, () => digests[calls++]!);
    expect(chosen).toEqual(new Uint8Array(8).fill(9));
    expect(dadCounter).toBe(2);
  });

  test("refuses a short secret, a short digest and a hash that is none", () => {
    expect(() => stableInterfaceId({ ...input, secret: new Uint8Array(15) }, sha256)).toThrow("16 bytes, not 15");
    expect(() => stableInterfaceId(input, () => new Uint8Array(7))).toThrow("8 bytes, not 7");
    expect(() => stableInterfaceId(input, () => new Uint8Array(8))).toThrow("no hash");
  });
});

describe("temporaryInterfaceId", () => {
  test("draws again what is reserved or taken", () => {
    const draws = [new Uint8Array(8), new Uint8Array(8).fill(1), new Uint8Array(8).fill(2)];
    const asked: number[] = [];
    const chosen = temporaryInterfaceId(
      (count) => {
        asked.push(count);
        return draws[asked.length - 1]!;
      },
      (each) => each[0] === 1,
    );
    expect(chosen).toEqual(new Uint8Array(8).fill(2));
    expect(asked).toEqual([8, 8, 8]);
  });

  test("gives up on a source that is not random", () => {
    expect(() => temporaryInterfaceId((count) => new Uint8Array(count))).toThrow("not random");
  });
});
