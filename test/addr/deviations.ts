import { type Addr, Prefix, specialPurpose } from "../../src/addr/index.ts";

/** A way in which Python's `ipaddress` is known to be of another opinion than Go and we, and why we do not follow it. */
export interface Deviation {
  readonly name: string;
  readonly reason: string;
  /** Whether the input is one of this kind. */
  readonly of: (text: string) => boolean;
}

/** Address texts that only one of the two reads. */
export const ADDRESS_DEVIATIONS: readonly Deviation[] = [
  {
    name: "a percent sign in a zone",
    reason: "RFC 4007 section 11.2 says nothing of what a zone may hold; Go takes all behind the first %",
    of: (text) => /^[^%]*%.*%/.test(text),
  },
];

/** Prefix texts that only one of the two reads. */
export const PREFIX_DEVIATIONS: readonly Deviation[] = [
  {
    name: "no length",
    reason: "Python takes an address for the block of one; whether a block was meant is not for us to guess",
    of: (text) => !text.includes("/"),
  },
  {
    name: "a mask in place of the length",
    reason: "read by Prefix.parseWithMask alone; the test holds that against Python",
    of: (text) => /\/\d+\.\d+\.\d+\.\d+$/.test(text),
  },
  {
    name: "leading zeros in the length",
    reason: "where 010 is 8 to some, it had better be nothing",
    of: (text) => /\/0\d+$/.test(text),
  },
  {
    name: "a zone",
    reason: "a block of addresses spans no link; Python drops the zone",
    of: (text) => text.includes("%"),
  },
];

/** Why Python's `is_global` differs from whether an address is globally reachable by IANA's registries. */
export interface GlobalDeviation {
  readonly reason: string;
  /** What Python says. */
  readonly python: boolean;
  readonly of: (addr: Addr) => boolean;
}

export const GLOBAL_DEVIATIONS: readonly GlobalDeviation[] = [
  {
    reason: "of version 6 only 2000::/3 is handed out (IANA's IPv6 Address Space); Python takes the rest for global",
    python: true,
    of: (addr) => addr.version === 6 && !within(addr, "2000::/3 ff00::/8") && specialPurpose(addr) === undefined,
  },
  {
    reason: "a multicast address is of no host; how far it goes is its scope",
    python: true,
    of: (addr) => addr.isMulticast,
  },
  {
    reason:
      "what is sent to 64:ff9b::/96 goes to the version 4 address inside (RFC 6052), so it is as reachable as that",
    python: true,
    of: (addr) => within(addr, "64:ff9b::/96"),
  },
  {
    reason: "registered as not globally reachable; Python 3.11 does not know of it",
    python: true,
    of: (addr) => within(addr, "64:ff9b:1::/48 3fff::/20 5f00::/16 100:0:0:1::/64 192.0.0.0/24"),
  },
  {
    reason: "registered as globally reachable, inside of a block that is not; Python 3.11 knows of the outer one",
    python: false,
    of: (addr) =>
      within(addr, "2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:3::/32 2001:4:112::/48 2001:20::/28 2001:30::/28"),
  },
  {
    reason: "the registry has no yes for 6to4 and its relays (N/A, deprecated)",
    python: true,
    of: (addr) => within(addr, "2002::/16 192.88.99.0/24"),
  },
  {
    reason: "the shared addresses of RFC 6598 are not global when they are mapped either",
    python: true,
    of: (addr) => addr.is4in6 && within(addr, "100.64.0.0/10"),
  },
];

function within(addr: Addr, blocks: string): boolean {
  return blocks.split(" ").some((block) => Prefix.parse(block).contains(addr.unmap().withZone("")));
}
