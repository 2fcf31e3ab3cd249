import { expect, test } from "bun:test";
import { Addr, AddrPort } from "../addr/index.ts";
import { interfaceIndex } from "./interface-index.ts";
import { decodeSocketAddress, encodeIpAddress, encodeUnixAddress } from "./socket-address.ts";

test("a zone is the index of its interface, whatever addresses that has", () => {
  // Its only IPv6 address, ::1, has no scope.
  const index = interfaceIndex("lo");
  expect(index).toBeGreaterThan(0);
  const decoded = decodeSocketAddress(encodeIpAddress(Addr.parse("fe80::1%lo"), 80));
  expect(decoded).toEqual(new AddrPort(Addr.parse(`fe80::1%${index}`), 80));
  expect(encodeIpAddress(Addr.parse(`fe80::1%${index}`), 80)).toEqual(encodeIpAddress(Addr.parse("fe80::1%lo"), 80));
  expect(() => encodeIpAddress(Addr.parse("fe80::1%nosuch0"), 80)).toThrow("ENODEV");
});

test("an abstract name has as many bytes as the system takes", () => {
  expect(encodeUnixAddress(`@${"n".repeat(107)}`)).toHaveLength(2 + 108);
  expect(() => encodeUnixAddress(`@${"n".repeat(108)}`)).toThrow("ENAMETOOLONG");
  expect(encodeUnixAddress("p".repeat(107))).toHaveLength(2 + 108);
  expect(() => encodeUnixAddress("p".repeat(108))).toThrow("ENAMETOOLONG");
});
