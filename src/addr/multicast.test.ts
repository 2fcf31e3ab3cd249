import { expect, test } from "bun:test";
import { Addr } from "./addr.ts";
import { isSolicitedNode, multicastGroupName, multicastMac, solicitedNode } from "./multicast.ts";

test("solicitedNode keeps the last 24 bits, and the zone", () => {
  // The example of RFC 4291 section 2.7.1.
  expect(solicitedNode(Addr.parse("4037::1:800:200e:8c6c")).toString()).toBe("ff02::1:ff0e:8c6c");
  expect(solicitedNode(Addr.parse("fe80::1%eth0")).toString()).toBe("ff02::1:ff00:1%eth0");
  expect(() => solicitedNode(Addr.parse("10.0.0.1"))).toThrow(RangeError);
  expect(() => solicitedNode(Addr.parse("ff02::1"))).toThrow(RangeError);
  expect(isSolicitedNode(Addr.parse("ff02::1:ff0e:8c6c"))).toBe(true);
  expect(isSolicitedNode(Addr.parse("ff02::1:fe0e:8c6c"))).toBe(false);
  expect(isSolicitedNode(Addr.parse("ff05::1:ff0e:8c6c"))).toBe(false);
});

test.each([
  ["224.0.0.251", "01:00:5e:00:00:fb"],
  ["239.255.255.250", "01:00:5e:7f:ff:fa"],
  ["239.129.2.3", "01:00:5e:01:02:03"],
  ["::ffff:224.0.0.1", "01:00:5e:00:00:01"],
  ["ff02::fb", "33:33:00:00:00:fb"],
  ["ff02::1:ff0e:8c6c", "33:33:ff:0e:8c:6c"],
])("multicastMac of %s is %s", (text, mac) => {
  expect(multicastMac(Addr.parse(text)).toString()).toBe(mac);
});

test("multicastMac refuses unicast", () => {
  expect(() => multicastMac(Addr.parse("10.0.0.1"))).toThrow("no multicast address");
});

test("multicastGroupName knows the common groups", () => {
  const name = (text: string): string | undefined => multicastGroupName(Addr.parse(text));
  expect(name("224.0.0.251")).toBe("mDNS");
  expect(name("ff02::fb%eth0")).toBe("mDNS");
  expect(name("ff02::1:ff00:1")).toBe("solicited node");
  expect(name("ff02::1234")).toBeUndefined();
});
