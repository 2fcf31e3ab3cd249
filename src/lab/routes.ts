import type { HostLayout, Layout, LinkLayout, Port } from "./layout.ts";

/** A route of a host to a network or a host that is on none of its links. */
export interface Route {
  /** The destination, such as 10.0.2.0/24. */
  readonly to: string;
  /** The address of the neighbour that takes it further. */
  readonly via: string;
  /** The neighbour's name. */
  readonly host: string;
  /** The own device that leads there. */
  readonly device: string;
}

/** The first step of the shortest way to a host. */
interface Step {
  readonly via: Port;
  readonly device: string;
  readonly hops: number;
}

type Version = 4 | 6;

/**
 * The routes of a host in one version of IP: to every network by the shortest way, counted in links; of several as short the one over its first link. What is not connected has no route, and links whose
 * MTU is too small for IPv6 are none for it.
 */
export function routesOf(layout: Layout, host: HostLayout, version: Version): Route[] {
  const links = layout.links.filter((link) => version === 4 || link.carriesIpv6);
  const steps = firstSteps(layout, links, host);
  return [...networkRoutes(layout, links, host, version, steps), ...hostRoutes(layout, host, version, steps)];
}

function networkRoutes(
  layout: Layout,
  links: readonly LinkLayout[],
  host: HostLayout,
  version: Version,
  steps: ReadonlyMap<string, Step>,
): Route[] {
  const forwarding = new Set(layout.hosts.filter((other) => other.forwards).map((other) => other.name));
  return links.flatMap((link) => {
    if (link.ports.some((port) => port.host === host.name)) return [];
    const routers = link.ports.filter((port) => forwarding.has(port.host));
    const nearest = (routers.length > 0 ? routers : link.ports)
      .map((port) => steps.get(port.host))
      .filter((step) => step !== undefined)
      .sort((one, other) => one.hops - other.hops)[0];
    return nearest === undefined ? [] : [route(version === 4 ? link.prefix4 : link.prefix6, version, nearest)];
  });
}

function hostRoutes(layout: Layout, host: HostLayout, version: Version, steps: ReadonlyMap<string, Step>): Route[] {
  return layout.hosts.flatMap((other) => {
    const step = steps.get(other.name);
    if (step === undefined || other === host || !other.onLoopback) return [];
    return [route(version === 4 ? `${other.address4}/32` : `${other.address6}/128`, version, step)];
  });
}

function route(to: string, version: Version, { via, device }: Step): Route {
  return { to, via: version === 4 ? via.address4 : via.address6, host: via.host, device };
}

/** The first steps to all hosts that can be reached: breadth first, and on only from hosts that forward. */
function firstSteps(layout: Layout, links: readonly LinkLayout[], from: HostLayout): Map<string, Step> {
  const byName = new Map(layout.hosts.map((host) => [host.name, host]));
  const steps = new Map<string, Step>();
  const seen = new Set([from.name]);
  const waiting: HostLayout[] = [from];
  for (const host of waiting) {
    if (host !== from && !host.forwards) continue;
    const before = steps.get(host.name);
    for (const { own, neighbour } of neighbours(links, host)) {
      if (seen.has(neighbour.host)) continue;
      seen.add(neighbour.host);
      const first = before ?? { via: neighbour, device: own.device, hops: 0 };
      steps.set(neighbour.host, { ...first, hops: first.hops + 1 });
      waiting.push(byName.get(neighbour.host)!);
    }
  }
  return steps;
}

function neighbours(links: readonly LinkLayout[], host: HostLayout): { own: Port; neighbour: Port }[] {
  return links.flatMap((link) => {
    const own = link.ports.find((port) => port.host === host.name);
    if (own === undefined) return [];
    return link.ports.filter((port) => port !== own).map((neighbour) => ({ own, neighbour }));
  });
}
