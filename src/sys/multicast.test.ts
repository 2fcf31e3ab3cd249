import { afterEach, describe, expect, test } from "bun:test";
import { Addr } from "../addr/index.ts";
import { closeDescriptor } from "./descriptor.ts";
import { interfaceIndex } from "./interface-index.ts";
import { changeMembership, setMulticast } from "./multicast.ts";
import { IPPROTO_IP, IPPROTO_IPV6, socketOption } from "./socket-option.ts";
import { makeUdpSocket } from "./udp-socket.ts";

const open: number[] = [];

function socket(family: 4 | 6): number {
  const fd = makeUdpSocket(family);
  open.push(fd);
  return fd;
}

afterEach(() => {
  for (const fd of open.splice(0)) closeDescriptor(fd);
});

describe("setMulticast", () => {
  test("sets what the system then says", () => {
    const fd = socket(4);
    setMulticast(fd, 4, { ttl: 7, loop: false, interface: "lo" });
    expect([socketOption(fd, IPPROTO_IP, 33), socketOption(fd, IPPROTO_IP, 34)]).toEqual([7, 0]);
    setMulticast(fd, 4, { loop: true });
    expect([socketOption(fd, IPPROTO_IP, 33), socketOption(fd, IPPROTO_IP, 34)]).toEqual([7, 1]);
  });

  test("sets a socket for IPv6 for both families", () => {
    const fd = socket(6);
    setMulticast(fd, 6, { ttl: 9, loop: false, interface: 1 });
    expect([17, 18, 19].map((option) => socketOption(fd, IPPROTO_IPV6, option))).toEqual([1, 9, 0]);
    expect([33, 34].map((option) => socketOption(fd, IPPROTO_IP, option))).toEqual([9, 0]);
  });
});

describe("changeMembership", () => {
  test("joins and leaves groups of both families, with and without a source", () => {
    const fd = socket(6);
    const lo = interfaceIndex("lo");
    for (const [group, source] of [
      ["ff02::77%lo", undefined],
      ["ff3e::77", "::1"],
      ["239.1.2.3", undefined],
      ["232.1.2.3", "127.0.0.1"],
    ] as const) {
      const membership = {
        group: Addr.parse(group),
        interfaceIndex: lo,
        source: source === undefined ? undefined : Addr.parse(source),
      };
      changeMembership(fd, "join", membership);
      changeMembership(fd, "leave", membership);
      expect(() => changeMembership(fd, "leave", membership)).toThrow(/EADDRNOTAVAIL|EINVAL/);
    }
  });

  test("says which interface is not there", () => {
    expect(() => interfaceIndex("no-such-if")).toThrow("if_nametoindex no-such-if: ENODEV");
    expect(interfaceIndex(3)).toBe(3);
  });
});
