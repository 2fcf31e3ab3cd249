import { expect, test } from "bun:test";
import { inspect } from "node:util";
import { Addr, AddrPort, AddrRange, Mac, PortRange, Prefix, UnixAddress } from "./index.ts";

test.each([
  [Addr.parse("fe80::1%eth0"), "Addr fe80::1%eth0"],
  [AddrPort.parse("[2001:db8::1]:443"), "AddrPort [2001:db8::1]:443"],
  [Prefix.parse("10.0.0.0/8"), "Prefix 10.0.0.0/8"],
  [Mac.parse("00:1a:2b:3c:4d:5e"), "Mac 00:1a:2b:3c:4d:5e"],
  [AddrRange.parse("10.0.0.1-10.0.0.9"), "AddrRange 10.0.0.1-10.0.0.9"],
  [PortRange.parse("80-90"), "PortRange 80-90"],
  [new UnixAddress("@name"), "UnixAddress @name"],
] as const)("%s is shown on one line", (value, shown) => {
  expect(inspect(value)).toBe(shown);
  expect(Bun.inspect({ value })).toBe(`{\n  value: ${shown},\n}`);
});
