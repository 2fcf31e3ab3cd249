import { type Layout, type LinkLayout, layOut, type WayOptions } from "../../lab/index.ts";
import { print } from "../print.ts";
import { textTable } from "../text-table.ts";
import { explain } from "./explain.ts";
import { type TopologyFlags, topologyOf } from "./topology-flags.ts";

/** The flags of `lab show`. */
export interface LabShowFlags extends TopologyFlags {
  readonly json?: true;
}

/** `netwright lab show`: prints the hosts, addresses and links that a lab would have, and makes nothing. */
export async function labShow(shape: string, flags: LabShowFlags): Promise<number> {
  const layout = explain(() => layOut(topologyOf(shape, flags)));
  await print(flags.json === true ? JSON.stringify(layout, null, 2) : describeLayout(layout));
  return 0;
}

/** A layout for people: a table of hosts and one of links. */
export function describeLayout(layout: Layout): string {
  const hosts = layout.hosts.map((host) => [
    host.name,
    host.forwards ? "router" : "host",
    host.address4,
    host.address6,
    host.ports.map((port) => port.device).join(" ") + (host.onLoopback ? " lo" : ""),
  ]);
  const links = layout.links.map((link, i) => [
    String(i + 1),
    link.name,
    link.prefix4,
    link.prefix6,
    String(link.mtu),
    describeLink(link),
  ]);
  return [
    `${layout.name}: ${layout.hosts.length} hosts, ${layout.links.length} ${layout.links.length === 1 ? "link" : "links"}`,
    "",
    ...textTable([["HOST", "KIND", "IPV4", "IPV6", "DEVICES"], ...hosts]),
    "",
    ...textTable([["", "LINK", "IPV4", "IPV6", "MTU", "EACH WAY"], ...links]),
  ].join("\n");
}

function describeLink({ options }: LinkLayout): string {
  const forth = describeWay(options);
  const text = forth === "" ? "nothing in the way" : forth;
  if (options.back === undefined) return text;
  return `${text}; back ${describeWay({ ...options, ...options.back }) || "nothing in the way"}`;
}

function describeWay(way: WayOptions): string {
  const jitter = way.jitterMs === undefined ? "" : ` ±${way.jitterMs} ms`;
  return [
    way.delayMs === undefined ? "" : `${way.delayMs} ms${jitter}`,
    way.rateBitsPerSecond === undefined ? "" : describeRate(way.rateBitsPerSecond),
    way.queueBytes === undefined ? "" : `queue ${way.queueBytes} bytes`,
    way.lossPercent === undefined ? "" : `loss ${way.lossPercent} %`,
    way.duplicatePercent === undefined ? "" : `duplicate ${way.duplicatePercent} %`,
    way.reorderPercent === undefined ? "" : `reorder ${way.reorderPercent} %`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function describeRate(rate: number): string {
  if (rate >= 1e9) return `${rate / 1e9} Gbit/s`;
  if (rate >= 1e6) return `${rate / 1e6} Mbit/s`;
  return rate >= 1e3 ? `${rate / 1e3} kbit/s` : `${rate} bit/s`;
}
