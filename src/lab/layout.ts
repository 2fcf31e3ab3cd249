import { Addr } from "../addr/index.ts";
import { checkTopology, linkName, type Topology } from "./topology.ts";
import { checkLink, type LinkOptions, mtuOf } from "./way.ts";

/** The least that IPv6 asks of a link (RFC 8200, section 5). */
const IPV6_MTU = 1280;

/** A host's end of a link: a device with addresses. */
export interface Port {
  readonly host: string;
  /** eth0, eth1 … in the order of the links. */
  readonly device: string;
  /** The hardware address. */
  readonly mac: string;
  readonly address4: string;
  readonly address6: string;
}

/** A link and the network on it. */
export interface LinkLayout {
  readonly name: string;
  readonly options: LinkOptions;
  readonly mtu: number;
  /** IPv6 needs an MTU of 1280; a link with less has no addresses and routes of it. */
  readonly carriesIpv6: boolean;
  /** The network, such as 10.0.3.0/24. */
  readonly prefix4: string;
  readonly prefix6: string;
  readonly ports: readonly Port[];
}

/** A host with its addresses. */
export interface HostLayout {
  readonly name: string;
  readonly forwards: boolean;
  /** Where others reach it: its address on its one link; with several links one on lo, so that the shortest way is taken. */
  readonly address4: string;
  readonly address6: string;
  /** Whether these addresses are on lo. */
  readonly onLoopback: boolean;
  readonly ports: readonly Port[];
}

/** A topology with names, devices and addresses said. The same topology has the same ones, always. */
export interface Layout {
  readonly name: string;
  readonly hosts: readonly HostLayout[];
  readonly links: readonly LinkLayout[];
}

/**
 * Gives a topology its addresses. Link number n (from 0) is 10.x.y.0/24 with x.y = n in two bytes, and fd6c:6162:0:n::/64 with n in hexadecimal; its ends are .1 and ::1, .2 and ::2 … in their order.
 * Host number n (from 1) with several links has 10.255.0.n and fd6c:6162:0:ffff::n on lo. Throws RangeError for a topology that can't be made.
 */
export function layOut(topology: Topology): Layout {
  checkTopology(topology);
  const devices = new Map<string, number>();
  const links = topology.links.map((link, index) => {
    const options = link.options ?? {};
    checkLink(options);
    const ports = link.ends.map((host, end) => {
      const device = devices.get(host) ?? 0;
      devices.set(host, device + 1);
      return port(host, device, index, end);
    });
    return {
      name: linkName(link),
      options,
      mtu: mtuOf(options),
      carriesIpv6: mtuOf(options) >= IPV6_MTU,
      prefix4: `${network4(index)}.0/24`,
      prefix6: `${canonical(`${network6(index)}::`)}/64`,
      ports,
    };
  });
  const ports = links.flatMap((link) => link.ports);
  const hosts = topology.hosts.map((host, index) => {
    const own = ports.filter((port) => port.host === host.name);
    return { name: host.name, forwards: host.forwards === true, ports: own, ...hostAddresses(own, index + 1) };
  });
  return { name: topology.name, hosts, links };
}

function port(host: string, device: number, link: number, end: number): Port {
  return {
    host,
    device: `eth${device}`,
    mac: macAddress(link, end),
    address4: `${network4(link)}.${end + 1}`,
    address6: canonical(`${network6(link)}::${(end + 1).toString(16)}`),
  };
}

/** A locally administered hardware address for an end of a link. */
export function macAddress(link: number, end: number): string {
  const bytes = [0x02, 0x6c, 0x61, link >> 8, link & 255, end + 1];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function hostAddresses(
  ports: readonly Port[],
  number: number,
): { readonly address4: string; readonly address6: string; readonly onLoopback: boolean } {
  const [only] = ports;
  if (only !== undefined && ports.length === 1) {
    return { address4: only.address4, address6: only.address6, onLoopback: false };
  }
  return {
    address4: `10.255.0.${number}`,
    address6: `fd6c:6162:0:ffff::${number.toString(16)}`,
    onLoopback: true,
  };
}

function network4(link: number): string {
  return `10.${link >> 8}.${link & 255}`;
}

function network6(link: number): string {
  return `fd6c:6162:0:${link.toString(16)}`;
}

function canonical(address: string): string {
  return Addr.parse(address).toString();
}
