import type { HostShape, LinkShape, Topology } from "./topology.ts";
import type { LinkOptions } from "./way.ts";

/** What every shape takes. */
export interface ShapeOptions {
  /** What each link is. */
  readonly link?: LinkOptions;
  /** What single links are instead, in their order; the values of `link` hold where one of them says nothing. */
  readonly links?: readonly (LinkOptions | undefined)[];
}

/** The options of a shape whose size is its number of hosts. */
export interface SizedShapeOptions extends ShapeOptions {
  readonly hosts?: number;
}

export interface ChainOptions extends ShapeOptions {
  /** How many links lie between the two ends: one more than there are routers (default 2). */
  readonly hops?: number;
}

/** Two hosts, a and b, and a cable. */
export function pointToPoint(options: ShapeOptions = {}): Topology {
  return shape("point-to-point", [{ name: "a" }, { name: "b" }], [["a", "b"]], options);
}

/** A row of routers: a – r1 – r2 – … – b. */
export function chain(options: ChainOptions = {}): Topology {
  const hops = counted("hops", options.hops ?? 2, 1, 200);
  const routers = Array.from({ length: hops - 1 }, (_, i) => `r${i + 1}`);
  const row = ["a", ...routers, "b"];
  const hosts = row.map((name, i) => (i > 0 && i < hops ? { name, forwards: true } : { name }));
  return shape("chain", hosts, pairs(row), options);
}

/** Hosts on one Ethernet segment, which hear one another's broadcasts (default: 3). Two of them are a delay apart, and each sends at the rate. */
export function bus(options: SizedShapeOptions = {}): Topology {
  const names = letters(counted("hosts", options.hosts ?? 3, 2, 200));
  const [first] = linksOf([names], options);
  return { name: "bus", hosts: names.map((name) => ({ name })), links: [{ ...first!, name: "bus" }] };
}

/** Hosts each with a cable of its own to a router, hub, in the middle (default: 3 hosts). */
export function star(options: SizedShapeOptions = {}): Topology {
  const names = letters(counted("hosts", options.hosts ?? 3, 1, 200));
  const hosts = [...names.map((name) => ({ name })), { name: "hub", forwards: true }];
  return shape(
    "star",
    hosts,
    names.map((name) => [name, "hub"]),
    options,
  );
}

/** Hosts in a circle, each passing on what is meant for others (default: 4). Between two of them the shorter way is taken. */
export function ring(options: SizedShapeOptions = {}): Topology {
  const names = letters(counted("hosts", options.hosts ?? 4, 3, 200));
  return shape("ring", forwarding(names), [...pairs(names), [names.at(-1)!, names[0]!]], options);
}

/** Hosts with a cable between every two of them, each passing on what is meant for others (default: 4). */
export function mesh(options: SizedShapeOptions = {}): Topology {
  const names = letters(counted("hosts", options.hosts ?? 4, 2, 50));
  const cables = names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other]));
  return shape("mesh", forwarding(names), cables, options);
}

function shape(
  name: string,
  hosts: readonly HostShape[],
  ends: readonly (readonly string[])[],
  options: ShapeOptions,
): Topology {
  return { name, hosts, links: linksOf(ends, options) };
}

function linksOf(ends: readonly (readonly string[])[], { link, links = [] }: ShapeOptions): LinkShape[] {
  if (links.length > ends.length) {
    throw new RangeError(`there are ${ends.length} links, and options for ${links.length}`);
  }
  return ends.map((names, i) => ({ ends: names, options: { ...link, ...links[i] } }));
}

function forwarding(names: readonly string[]): HostShape[] {
  return names.map((name) => ({ name, forwards: true }));
}

function pairs(names: readonly string[]): string[][] {
  return names.slice(1).map((name, i) => [names[i]!, name]);
}

/** a, b, … z, a1, b1, … */
function letters(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / 26);
    return String.fromCharCode(97 + (i % 26)) + (round === 0 ? "" : round);
  });
}

function counted(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} is a whole number from ${least} to ${most}, not ${value}`);
}
