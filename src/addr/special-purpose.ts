import type { Addr } from "./addr.ts";
import { findSpecialPurpose, findSpecialPurposes, type SpecialPurpose } from "./special-purpose-lookup.ts";

/** The most specific entry of the registries that holds an address, which is the one that counts (RFC 8190 section 2.1); undefined for an ordinary address. A mapped address is looked up as IPv6. */
export function specialPurpose(addr: Addr): SpecialPurpose | undefined {
  return findSpecialPurpose(addr.version, addr.w0, addr.w1, addr.w2, addr.w3);
}

/** All entries that hold an address, the most specific first. */
export function specialPurposes(addr: Addr): readonly SpecialPurpose[] {
  return findSpecialPurposes(addr.version, addr.w0, addr.w1, addr.w2, addr.w3);
}
