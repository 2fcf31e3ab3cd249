import { Addr } from "./addr.ts";
import { Mac } from "./mac.ts";
import type { Prefix } from "./prefix.ts";

/**
 * The modified EUI-64 of a hardware address (RFC 4291 appendix A): ff:fe in the middle of an EUI-48, and the U/L bit flipped. It tells the hardware
 * to everyone: prefer `stableInterfaceId`. 8 bytes, owned by the caller.
 *
 * @example
 * withInterfaceId(Prefix.parse("fe80::/64"), interfaceIdOfMac(Mac.parse("34:56:78:9a:bc:de"))); // fe80::3656:78ff:fe9a:bcde
 */
export function interfaceIdOfMac(mac: Mac): Uint8Array {
  const id = mac.toEui64().toBytes();
  id[0]! ^= 2;
  return id;
}

/** The EUI-48 that an interface identifier was made of, when it shows: ff:fe in its middle, and no group address. */
export function macOfInterfaceId(id: Uint8Array): Mac | undefined {
  checkLength(id);
  if (id[3] !== 0xff || id[4] !== 0xfe) return undefined;
  const mac = Mac.fromBytes(Uint8Array.of(id[0]! ^ 2, id[1]!, id[2]!, id[5]!, id[6]!, id[7]!));
  return mac.isMulticast ? undefined : mac;
}

/** The last 8 bytes of a version 6 address, owned by the caller. Throws RangeError on version 4. */
export function interfaceIdOf(addr: Addr): Uint8Array {
  if (addr.version === 4) throw new RangeError(`an IPv4 address has no interface identifier: ${addr.toString()}`);
  return addr.toBytes().subarray(8);
}

/** The address of an interface identifier in a subnet. Throws RangeError unless the prefix is of version 6 and at most 64 bits long. */
export function withInterfaceId(prefix: Prefix, id: Uint8Array): Addr {
  checkLength(id);
  checkSubnet(prefix);
  const bytes = prefix.masked().addr.toBytes();
  bytes.set(id, 8);
  return Addr.fromBytes(bytes);
}

/** Throws RangeError unless it is of version 6 and leaves 64 bits for the interface. */
export function checkSubnet(prefix: Prefix): void {
  if (prefix.addr.version === 4 || prefix.bits > 64)
    throw new RangeError(`an interface identifier needs an IPv6 prefix of at most 64 bits, not ${prefix.toString()}`);
}

/**
 * Whether no interface may choose this identifier, as the register of reserved ones has it (RFC 5453): all zeros, the subnet-router anycast
 * address; 0200:5eff:fe00:0 to 0200:5eff:feff:ffff, made of IANA's own hardware addresses, with the one for Proxy Mobile IPv6 among them; and
 * fdff:ffff:ffff:ff80 to the end, the subnet anycast addresses of RFC 2526.
 */
export function isReservedInterfaceId(id: Uint8Array): boolean {
  checkLength(id);
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  const high = view.getUint32(0);
  const low = view.getUint32(4);
  if (high === 0) return low === 0;
  if (high === 0x0200_5eff) return low >>> 24 === 0xfe;
  return high === 0xfdff_ffff && low >= 0xffff_ff80;
}

function checkLength(id: Uint8Array): void {
  if (id.length !== 8) throw new RangeError(`an interface identifier has 8 bytes, not ${id.length}`);
}
