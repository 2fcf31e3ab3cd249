import { Addr } from "./addr.ts";

/**
 * The domain name under which DNS has the names of an address: "4.3.2.1.in-addr.arpa" (RFC 1035 section 3.5) or 32 digits below "ip6.arpa"
 * (RFC 3596 section 2.5). Without a dot at its end; a mapped address has the name of its own 16 bytes.
 */
export function reverseName(addr: Addr): string {
  if (addr.version === 4) return `${addr.toString().split(".").toReversed().join(".")}.in-addr.arpa`;
  const digits = addr.withZone("").toExpandedString().replaceAll(":", "");
  return `${Array.from(digits).toReversed().join(".")}.ip6.arpa`;
}

/** The address of such a name, in any case of letters, with or without the dot at its end; undefined for another name, also that of a whole block. */
export function addrOfReverseName(name: string): Addr | undefined {
  const lower = name.toLowerCase().replace(/\.$/, "");
  if (lower.endsWith(".in-addr.arpa"))
    return Addr.tryParse(lower.slice(0, -".in-addr.arpa".length).split(".").toReversed().join("."));
  const digits = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(lower)?.[1];
  if (digits === undefined) return undefined;
  return Addr.fromBigInt(6, BigInt(`0x${digits.split(".").toReversed().join("")}`));
}
