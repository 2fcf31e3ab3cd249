import { expect, test } from "bun:test";
import { Addr } from "./addr.ts";
import { addrCategory, type AddrCategory, anycast } from "./category.ts";
import { Prefix } from "./prefix.ts";

test.each<[text: string, category: AddrCategory, subnet: string]>([
  ["0.0.0.0", "unspecified", ""],
  ["::", "unspecified", ""],
  ["127.0.0.1", "loopback", ""],
  ["::ffff:127.0.0.1", "loopback", ""],
  ["::1", "loopback", ""],
  ["224.0.0.1", "multicast", ""],
  ["::ffff:224.0.0.1", "multicast", ""],
  ["ff02::1", "multicast", ""],
  ["255.255.255.255", "broadcast", ""],
  ["10.0.0.255", "unicast", ""],
  ["10.0.0.255", "broadcast", "10.0.0.0/24"],
  ["10.0.0.255", "unicast", "10.0.0.0/16"],
  ["10.0.0.255", "unicast", "10.0.1.0/24"],
  ["10.0.0.1", "unicast", "10.0.0.0/31"],
  ["10.0.0.1", "unicast", "10.0.0.1/32"],
  ["10.0.0.3", "broadcast", "10.0.0.1/30"],
  ["255.255.255.254", "unicast", "0.0.0.0/0"],
  ["192.0.0.9", "anycast", ""],
  ["::ffff:192.0.0.9", "anycast", ""],
  ["2001:1::3", "anycast", ""],
  ["2001:db8::", "unicast", ""],
  ["2001:db8::", "anycast", "2001:db8::/64"],
  ["2001:db8::", "unicast", "2001:db8::/127"],
  ["2001:db8::", "unicast", "2001:db8::/128"],
  ["2001:db8:0:1::", "unicast", "2001:db8::/48"],
  ["fe80::%eth0", "anycast", "fe80::/64"],
  ["2001:db8::fdff:ffff:ffff:ff80", "anycast", ""],
  ["2001:db8::fdff:ffff:ffff:ff7f", "unicast", ""],
  ["2001:db8::fdff:ffff:fffe:ff80", "unicast", ""],
  ["ff02::fdff:ffff:ffff:fffe", "multicast", ""],
  ["fd00::1", "unicast", ""],
  ["fe80::1", "unicast", ""],
])("addrCategory of %s is %s in %j", (text, category, subnet) => {
  const prefix = subnet === "" ? undefined : Prefix.parse(subnet);
  expect(addrCategory(Addr.parse(text), prefix)).toBe(category);
});

test("anycast names what it found", () => {
  expect(anycast(Addr.parse("2001:db8::fdff:ffff:ffff:fffe"))).toEqual({
    name: "reserved subnet anycast, Mobile IPv6 home agents",
    rfc: "RFC 2526",
  });
  expect(anycast(Addr.parse("2001:db8::fdff:ffff:ffff:ff85"))?.name).toBe("reserved subnet anycast, number 5");
  expect(anycast(Addr.parse("2001:db8::"), Prefix.parse("2001:db8::/64"))?.name).toBe("subnet-router anycast");
  expect(anycast(Addr.parse("10.0.0.1"))).toBeUndefined();
});
