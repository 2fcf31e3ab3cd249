import { type Cable, type CableEnd, type Driver, driverFor, makeCable } from "./cable.ts";
import { type HostLayout, type Layout, type LinkLayout, macAddress, type Port } from "./layout.ts";
import { routesOf } from "./routes.ts";
import type { Step } from "./step.ts";
import { clearWay, type LinkOptions, mtuOf, wayBack, wayForth } from "./way.ts";

/** What the plan of a lab depends on besides its layout. */
export interface PlanOptions {
  readonly hasNetem: boolean;
  /** What carries all cables; chosen cable by cable when it is left out. */
  readonly driver?: Driver | undefined;
}

/** A cable with what carries it. */
export interface PlannedCable {
  readonly cable: Cable;
  readonly driver: Driver;
}

/** Switch number n of a layout is the network of this name, and has ports p0, p1 … on its bridge. */
const SWITCH = "switch";
const BRIDGE = "br0";

/** The cables of a link: one, or for a segment one an end. `options` are other values than the layout's. */
export function cablesOf(layout: Layout, link: LinkLayout, seed: number, options: LinkOptions = link.options): Cable[] {
  const index = layout.links.indexOf(link);
  const [one, other] = link.ports;
  const mtu = mtuOf(options);
  if (link.ports.length === 2 && one !== undefined && other !== undefined) {
    const ends = [endOf(one), endOf(other)] as const;
    return [
      { name: link.name, ends, forth: wayForth(options), back: wayBack(options), mtu, seed: seed + index * 65_536 },
    ];
  }
  const back = options.back === undefined ? clearWay() : wayForth({ ...options.back, mtu });
  return link.ports.map((port, i) => ({
    name: `${link.name}/${port.host}`,
    ends: [endOf(port), switchEnd(index, i)],
    forth: wayForth(options),
    back,
    mtu,
    seed: seed + index * 65_536 + i * 256,
  }));
}

/** Chooses what carries a cable. */
export function planCable(cable: Cable, { hasNetem, driver }: PlanOptions): PlannedCable {
  return { cable, driver: driver ?? driverFor(cable, hasNetem) };
}

/** Everything that makes a lab, in an order in which it works. */
export function planLab(layout: Layout, cables: readonly PlannedCable[]): Step[] {
  return [
    ...layout.hosts.flatMap(makeHost),
    ...layout.links.flatMap((link, index) => (link.ports.length > 2 ? makeSwitch(index) : [])),
    ...cables.flatMap(({ cable, driver }) => [...makeCable(cable, driver), ...plug(cable)]),
    ...layout.hosts.map((host) => addressHost(layout, host)),
    ...layout.hosts.flatMap((host) => routeHost(layout, host)),
    { do: "names", text: hostNames(layout) },
  ];
}

/** The steps after which hosts have their addresses and routes again, because a device of theirs was made anew. */
export function readdress(layout: Layout, hosts: ReadonlySet<string>): Step[] {
  const touched = layout.hosts.filter((host) => hosts.has(host.name));
  return [...touched.map((host) => addressHost(layout, host)), ...touched.flatMap((host) => routeHost(layout, host))];
}

/** Joins a cable to its switch, if it leads to one. */
export function plug({ ends }: Cable): Step[] {
  return ends
    .filter((end) => end.network.startsWith(`${SWITCH}-`))
    .map(({ network, device }) => ({ do: "ip", network, lines: [`link set ${device} master ${BRIDGE}`] }));
}

function endOf({ host, device, mac }: Port): CableEnd {
  return { network: host, device, mac };
}

/** A switch's name has a "-", which no host's has. */
function switchEnd(link: number, port: number): CableEnd {
  return {
    network: `${SWITCH}-${link}`,
    device: `p${port}`,
    mac: macAddress(link, port).replace("02:6c:61", "02:6c:62"),
  };
}

const HOST_SYSCTLS: Readonly<Record<string, string>> = {
  "net/ipv6/conf/all/disable_ipv6": "0",
  "net/ipv6/conf/default/disable_ipv6": "0",
  // An address is usable at once, and stays while its device is down.
  "net/ipv6/conf/all/accept_dad": "0",
  "net/ipv6/conf/default/accept_dad": "0",
  "net/ipv6/conf/all/keep_addr_on_down": "1",
  "net/ipv6/conf/default/keep_addr_on_down": "1",
  "net/ipv6/conf/default/accept_ra": "0",
  "net/ipv4/conf/all/rp_filter": "0",
  "net/ipv4/conf/default/rp_filter": "0",
  // Every packet that has no answer is told of: a test must not depend on how many were before it.
  "net/ipv4/icmp_ratelimit": "0",
  "net/ipv6/icmp/ratelimit": "0",
};

/** Everybody may ping; in a user's own namespace, where other groups don't exist, its only one. The value that is refused is passed over. */
const PING_GROUPS: readonly string[] = ["0 0", "0 2147483647"];

const ROUTER_SYSCTLS: Readonly<Record<string, string>> = {
  "net/ipv4/conf/all/forwarding": "1",
  "net/ipv4/conf/default/forwarding": "1",
  "net/ipv6/conf/all/forwarding": "1",
  "net/ipv6/conf/default/forwarding": "1",
};

function makeHost(host: HostLayout): Step[] {
  const { name } = host;
  return [
    { do: "network", name },
    { do: "sysctl", network: name, values: host.forwards ? { ...HOST_SYSCTLS, ...ROUTER_SYSCTLS } : HOST_SYSCTLS },
    ...PING_GROUPS.map((groups): Step => ({
      do: "sysctl",
      network: name,
      values: { "net/ipv4/ping_group_range": groups },
    })),
    { do: "ip", network: name, lines: ["link set lo up"] },
  ];
}

function makeSwitch(link: number): Step[] {
  const network = `${SWITCH}-${link}`;
  const values = { "net/ipv6/conf/all/disable_ipv6": "1", "net/ipv6/conf/default/disable_ipv6": "1" };
  // It floods multicast to every port, and forwards from the first frame on.
  const lines = [
    `link add ${BRIDGE} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set ${BRIDGE} up`,
  ];
  return [
    { do: "network", name: network },
    { do: "sysctl", network, values },
    { do: "ip", network, lines },
  ];
}

function addressHost(layout: Layout, host: HostLayout): Step {
  const lines = host.ports.map((port) => `addr replace ${port.address4}/24 brd + dev ${port.device}`);
  for (const port of ports6(layout, host)) lines.push(`addr replace ${port.address6}/64 dev ${port.device} nodad`);
  if (host.onLoopback) {
    lines.push(`addr replace ${host.address4}/32 dev lo`, `addr replace ${host.address6}/128 dev lo nodad`);
  }
  return { do: "ip", network: host.name, lines };
}

/** Its ports on links that carry IPv6. */
function ports6(layout: Layout, host: HostLayout): Port[] {
  const carrying = layout.links.filter((link) => link.carriesIpv6);
  return carrying.flatMap((link) => link.ports.filter((port) => port.host === host.name));
}

function routeHost(layout: Layout, host: HostLayout): Step[] {
  const routes = [...routesOf(layout, host, 4), ...routesOf(layout, host, 6)];
  const lines = routes.map(({ to, via, device }) => `route replace ${to} via ${via} dev ${device}`);
  return lines.length === 0 ? [] : [{ do: "ip", network: host.name, lines }];
}

/** The lines of /etc/hosts that name the hosts. */
function hostNames(layout: Layout): string {
  const lines = layout.hosts.flatMap((host) => [
    `${host.address4} ${host.name}`,
    ...(ports6(layout, host).length > 0 ? [`${host.address6} ${host.name}`] : []),
  ]);
  return `${lines.join("\n")}\n`;
}
