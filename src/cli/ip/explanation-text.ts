import { textTable } from "../text-table.ts";
import type { AddrExplanation } from "./addr-explanation.ts";
import type { MacExplanation } from "./mac-explanation.ts";
import type { PrefixExplanation } from "./prefix-explanation.ts";
import { registryRows } from "./registry-entry.ts";

/** What is known of an address, a prefix or a hardware address. */
export type Explanation = AddrExplanation | PrefixExplanation | MacExplanation;

type Row = [label: string, value: string];

/** An explanation as lines for people: names on the left, values on the right. */
export function explanationText(explanation: Explanation): string {
  if (explanation.kind === "prefix") return lines(prefixRows(explanation));
  return lines(explanation.kind === "address" ? addrRows(explanation) : macRows(explanation));
}

/** Rows without a value are left out. */
function lines(rows: readonly (readonly [string, string | undefined])[]): string {
  return textTable(rows.filter((row): row is Row => row[1] !== undefined)).join("\n");
}

function addrRows(addr: AddrExplanation): readonly (readonly [string, string | undefined])[] {
  return [
    ["address", addr.address],
    ["expanded", addr.expanded],
    ["version", `IPv${addr.version}`],
    ["category", [addr.category, ...addr.kinds].join(", ")],
    ["anycast", addr.anycast && `${addr.anycast.name} (${addr.anycast.rfc})`],
    ["multicast", addr.multicast && multicastText(addr.multicast)],
    ...(addr.registry === null ? ([["registry", "no special purpose"]] as const) : registryRows(addr.registry)),
    ["reachable", reachableText(addr)],
    ["inside", addr.embedded && embeddedText(addr.embedded)],
    ["hardware", addr.hardware],
    ["solicited", addr.solicitedNode],
    ["reverse", addr.reverseName],
    ["integer", addr.integer],
    ["hex", addr.hex],
    ["binary", addr.version === 4 ? addr.binary : undefined],
  ];
}

/** Nothing where the registry has said it already. */
function reachableText({ globallyReachable, registry, embedded }: AddrExplanation): string | undefined {
  if (registry?.globallyReachable === globallyReachable) return undefined;
  const inside = embedded?.kind === "mapped" || embedded?.kind === "nat64" ? ", as the IPv4 address inside" : "";
  return `${globallyReachable ? "globally" : "not globally"}${inside}`;
}

function multicastText({ scope, group, hardware }: NonNullable<AddrExplanation["multicast"]>): string {
  return `${group === undefined ? "" : `${group}, `}${scope} scope, sent to ${hardware}`;
}

function embeddedText({ kind, address, server, port }: NonNullable<AddrExplanation["embedded"]>): string {
  const teredo = server === undefined ? "" : `, port ${port}, by the server ${server}`;
  return `${address} (${kind}${teredo})`;
}

function prefixRows(prefix: PrefixExplanation): readonly (readonly [string, string | undefined])[] {
  const inside = prefix.registryInside.map((entry, i): Row => [
    i === 0 ? "has inside" : "",
    `${entry.block}, ${entry.name}, ${entry.rfc}`,
  ]);
  return [
    ["prefix", prefix.prefix],
    ["version", `IPv${prefix.version}`],
    ["mask", prefix.mask],
    ["wildcard", prefix.wildcard],
    ["first", prefix.first],
    ["last", prefix.last],
    ["addresses", grouped(prefix.addresses)],
    ["broadcast", prefix.broadcast],
    ["hosts", prefix.hosts && `${prefix.firstHost} - ${prefix.lastHost}, ${grouped(prefix.hosts)}`],
    ...(prefix.registry === null ? ([["registry", "no special purpose"]] as const) : registryRows(prefix.registry)),
    ...inside,
    ...(prefix.address === undefined ? [] : ([["", ""], ...addrRows(prefix.address)] as const)),
  ];
}

/** A long number with a comma every three digits. */
function grouped(digits: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function macRows(mac: MacExplanation): readonly (readonly [string, string | undefined])[] {
  const group = mac.broadcast ? "broadcast" : mac.multicast ? "a group" : "one station";
  return [
    ["hardware", mac.address],
    ["form", `EUI-${mac.bits}, ${mac.hyphens}, ${mac.dots}`],
    ["for", `${group}, ${mac.local ? "chosen locally" : `given by the maker ${mac.oui}`}`],
    ["EUI-64", mac.eui64],
    ["link-local", mac.linkLocal],
  ];
}
