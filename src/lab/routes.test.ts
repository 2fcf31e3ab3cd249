import { describe, expect, test } from "bun:test";
import { Addr, Prefix } from "../addr/index.ts";
import { type HostLayout, type Layout, layOut } from "./layout.ts";
import { routesOf } from "./routes.ts";
import { bus, chain, mesh, pointToPoint, ring, star } from "./shapes.ts";
import type { Topology } from "./topology.ts";

const FAMILIES = [4, 6] as const;
type Version = (typeof FAMILIES)[number];

function addressesOf(host: HostLayout, version: Version): string[] {
  const own = version === 4 ? host.address4 : host.address6;
  return [own, ...host.ports.map((port) => (version === 4 ? port.address4 : port.address6))];
}

/** Where a packet goes from a host: the next host on its way, by the routes and links of that host alone. */
function nextHost(layout: Layout, host: HostLayout, to: string, version: Version): string | undefined {
  const holds = (prefix: string): boolean => Prefix.parse(prefix).contains(Addr.parse(to));
  for (const link of layout.links) {
    if (!link.ports.some((port) => port.host === host.name)) continue;
    if (!holds(version === 4 ? link.prefix4 : link.prefix6)) continue;
    return link.ports.find((port) => (version === 4 ? port.address4 : port.address6) === to)?.host;
  }
  return routesOf(layout, host, version).find((route) => holds(route.to))?.host;
}

/** The hosts that a packet comes by, the last included; throws when it does not arrive. */
function walk(layout: Layout, from: HostLayout, to: string, version: Version): string[] {
  const way: string[] = [];
  for (let host = from; !addressesOf(host, version).includes(to);) {
    const next = nextHost(layout, host, to, version);
    if (next === undefined || way.length > layout.hosts.length)
      throw new Error(`${from.name} does not reach ${to}: ${way.join(" ")}`);
    if (host !== from && !host.forwards) throw new Error(`${host.name} is no router`);
    way.push(next);
    host = layout.hosts.find((other) => other.name === next)!;
  }
  return way;
}

const SHAPES: readonly Topology[] = [
  pointToPoint(),
  bus({ hosts: 5 }),
  star({ hosts: 5 }),
  ring({ hosts: 3 }),
  ring({ hosts: 8 }),
  mesh({ hosts: 6 }),
  chain({ hops: 1 }),
  chain({ hops: 12 }),
];

describe("routesOf", () => {
  test.each(SHAPES.map((topology) => [`${topology.name} of ${topology.hosts.length}`, topology] as const))(
    "leads from each host to every address of every other: %s",
    (_name, topology) => {
      const layout = layOut(topology);
      for (const from of layout.hosts) {
        for (const to of layout.hosts) {
          for (const version of FAMILIES) {
            for (const address of addressesOf(to, version))
              expect(walk(layout, from, address, version).at(-1) ?? from.name).toBe(to.name);
          }
        }
      }
    },
  );

  test("takes the shorter way around a ring, and the direct one in a mesh", () => {
    const around = layOut(ring({ hosts: 8 }));
    const [a, , , d, , , g] = around.hosts;
    expect(walk(around, a!, d!.address4, 4)).toEqual(["b", "c", "d"]);
    expect(walk(around, a!, g!.address6, 6)).toEqual(["h", "g"]);
    const meshed = layOut(mesh({ hosts: 6 }));
    for (const from of meshed.hosts) {
      for (const to of meshed.hosts) expect(walk(meshed, from, to.address4, 4)).toEqual(from === to ? [] : [to.name]);
    }
  });

  test("goes around a link that is too small for IPv6, in IPv6 only", () => {
    const layout = layOut(ring({ hosts: 4, links: [{ mtu: 576 }] }));
    const [a, b] = layout.hosts;
    expect(walk(layout, a!, b!.address4, 4)).toEqual(["b"]);
    expect(walk(layout, a!, b!.address6, 6)).toEqual(["d", "c", "b"]);
  });

  test("has none to what is not connected, nor through a host that does not forward", () => {
    const islands = layOut({
      name: "islands",
      hosts: [{ name: "a" }, { name: "b" }, { name: "c" }],
      links: [{ ends: ["a", "b"] }, { ends: ["b", "c"] }],
    });
    expect(routesOf(islands, islands.hosts[0]!, 4).map((route) => route.to)).toEqual(["10.0.1.0/24", "10.255.0.2/32"]);
    expect(() => walk(islands, islands.hosts[0]!, islands.hosts[2]!.address4, 4)).toThrow("b is no router");
  });
});

describe("layOut", () => {
  test("gives the addresses that its description says", () => {
    const { hosts, links } = layOut(chain({ hops: 2 }));
    expect(hosts.map((host) => [host.name, host.address4, host.address6, host.forwards])).toEqual([
      ["a", "10.0.0.1", "fd6c:6162::1", false],
      ["r1", "10.255.0.2", "fd6c:6162:0:ffff::2", true],
      ["b", "10.0.1.2", "fd6c:6162:0:1::2", false],
    ]);
    expect(links[1]).toMatchObject({ name: "r1-b", prefix4: "10.0.1.0/24", prefix6: "fd6c:6162:0:1::/64", mtu: 1500 });
    expect(links[1]!.ports.map((port) => [port.host, port.device, port.mac])).toEqual([
      ["r1", "eth1", "02:6c:61:00:01:01"],
      ["b", "eth0", "02:6c:61:00:01:02"],
    ]);
  });

  test("gives no address and no hardware address twice", () => {
    const { hosts, links } = layOut(mesh({ hosts: 50 }));
    const all = [
      ...hosts.filter((host) => host.onLoopback).map((host) => host.address4),
      ...links.flatMap((link) => link.ports.map((port) => port.address4)),
    ];
    expect(new Set(all).size).toBe(all.length);
    const macs = links.flatMap((link) => link.ports.map((port) => port.mac));
    expect(new Set(macs).size).toBe(macs.length);
  });

  test("has the options of single links beside those of all", () => {
    const { links } = layOut(chain({ hops: 3, link: { delayMs: 5 }, links: [undefined, { mtu: 1280 }] }));
    expect(links.map((link) => [link.options.delayMs, link.mtu])).toEqual([
      [5, 1500],
      [5, 1280],
      [5, 1500],
    ]);
  });

  const one = { name: "a" };
  const two = { name: "b" };
  test.each([
    [{ name: "x", hosts: [], links: [] }, "hosts"],
    [{ name: "x", hosts: [one, one], links: [] }, "same name"],
    [{ name: "x", hosts: [{ name: "A b" }], links: [] }, '"A b"'],
    [{ name: "x", hosts: [one, two], links: [{ ends: ["a"] }] }, "two ends"],
    [{ name: "x", hosts: [one, two], links: [{ ends: ["a", "a"] }] }, "twice"],
    [{ name: "x", hosts: [one, two], links: [{ ends: ["a", "c"] }] }, '"c"'],
    [{ name: "x", hosts: [one, two], links: [{ ends: ["a", "b"] }, { ends: ["a", "b"] }] }, "same name"],
    [{ name: "x", hosts: [one, two], links: [{ ends: ["a", "b"], options: { mtu: 1 } }] }, "mtu"],
    [
      { name: "x", hosts: [one, two], links: [{ ends: ["a", "b"], options: { back: { reorderPercent: 1 } } }] },
      "delay",
    ],
  ] satisfies [Topology, string][])("refuses what can't be: %j", (topology, word) => {
    expect(() => layOut(topology)).toThrow(RangeError);
    expect(() => layOut(topology)).toThrow(word);
  });

  test.each([
    () => chain({ hops: 0 }),
    () => chain({ hops: 1.5 }),
    () => ring({ hosts: 2 }),
    () => mesh({ hosts: 51 }),
    () => pointToPoint({ links: [{}, {}] }),
  ])("a shape refuses a size that can't be: %#", (make) => {
    expect(make).toThrow(RangeError);
  });
});
