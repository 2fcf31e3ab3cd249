/** How far a multicast packet goes. "local" is IPv4's smallest configured scope, 239.255.0.0/16. */
export type MulticastScope =
  | "interface-local"
  | "link-local"
  | "realm-local"
  | "admin-local"
  | "site-local"
  | "organization-local"
  | "global"
  | "local"
  | "reserved"
  | "unassigned";

/** The scopes of IPv6 by the low four bits of the second byte (RFC 7346 section 2). */
const V6_SCOPES: Readonly<Record<number, MulticastScope>> = {
  0: "reserved",
  1: "interface-local",
  2: "link-local",
  3: "realm-local",
  4: "admin-local",
  5: "site-local",
  8: "organization-local",
  0xe: "global",
  0xf: "reserved",
};

/** The scope of an IPv6 multicast address, by its first word. */
export function multicastScopeV6(word: number): MulticastScope {
  return V6_SCOPES[(word >>> 16) & 0xf] ?? "unassigned";
}

/** The scope of an IPv4 multicast address (RFC 2365 section 6); 224.0.0.0/24 is never forwarded (RFC 5771 section 4). */
export function multicastScopeV4(word: number): MulticastScope {
  if (word >>> 8 === 0xe0_0000) return "link-local";
  if (word >>> 24 !== 0xef) return "global";
  if (word >>> 16 === 0xefff) return "local";
  return (word & 0xfffc_0000) >>> 0 === 0xefc0_0000 ? "organization-local" : "unassigned";
}
