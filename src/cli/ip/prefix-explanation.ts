import { addrCategory, Prefix, SPECIAL_PURPOSES, specialPurposes } from "../../addr/index.ts";
import { type AddrExplanation, explainAddr } from "./addr-explanation.ts";
import { type RegistryEntry, registryEntry } from "./registry-entry.ts";

/** What `netwright ip` says of a prefix, as `--json` prints it. Counts are texts: they may be too large for a JSON number. */
export interface PrefixExplanation {
  readonly input: string;
  readonly kind: "prefix";
  readonly version: 4 | 6;
  /** Without host bits. */
  readonly prefix: string;
  readonly bits: number;
  readonly network: string;
  readonly mask: string;
  readonly wildcard: string;
  /** Version 4 only, and not of a /31 or /32. */
  readonly broadcast?: string;
  readonly first: string;
  readonly last: string;
  readonly addresses: string;
  /** Not of multicast, as `lastHost` and `hosts`. */
  readonly firstHost?: string;
  readonly lastHost?: string;
  readonly hosts?: string;
  /** The most specific entry of IANA's registries that holds all of it; null where there is none. */
  readonly registry: RegistryEntry | null;
  /** Further entries that lie in it. */
  readonly registryInside: readonly RegistryEntry[];
  /** The address that was written with host bits, in this block. */
  readonly address?: AddrExplanation;
}

/** Explains a prefix, and the address in it when there are host bits. */
export function explainPrefix(input: string, prefix: Prefix): PrefixExplanation {
  const holding = specialPurposes(prefix.first).find(({ block }) => Prefix.parse(block).containsPrefix(prefix));
  return {
    input,
    kind: "prefix",
    version: prefix.addr.version,
    prefix: prefix.masked().toString(),
    bits: prefix.bits,
    network: prefix.first.toString(),
    mask: prefix.netmask.toString(),
    wildcard: prefix.wildcard.toString(),
    ...(addrCategory(prefix.last, prefix) === "broadcast" ? { broadcast: prefix.last.toString() } : undefined),
    first: prefix.first.toString(),
    last: prefix.last.toString(),
    addresses: prefix.count.toString(),
    ...(prefix.first.isMulticast ? undefined : hostsOf(prefix)),
    registry: holding === undefined ? null : registryEntry(holding),
    registryInside: entriesInside(prefix),
    ...(prefix.isMasked ? undefined : { address: explainAddr(prefix.addr.toString(), prefix.addr, prefix) }),
  };
}

function hostsOf(prefix: Prefix): Pick<PrefixExplanation, "firstHost" | "lastHost" | "hosts"> {
  return {
    firstHost: prefix.firstHost.toString(),
    lastHost: prefix.lastHost.toString(),
    hosts: prefix.hostCount.toString(),
  };
}

/** The entries whose blocks are smaller than the prefix and lie in it. */
function entriesInside(prefix: Prefix): readonly RegistryEntry[] {
  return SPECIAL_PURPOSES.filter(({ block }) => {
    const inner = Prefix.parse(block);
    return inner.bits > prefix.bits && prefix.containsPrefix(inner);
  }).map(registryEntry);
}
