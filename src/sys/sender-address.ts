import { AddrPort } from "../addr/index.ts";
import { AF_INET, decodeSocketAddress } from "./socket-address.ts";

/** `sockaddr_in`: family, port, address. `sockaddr_in6`: family, port, flow label, address, zone. */
const PORT = 2;
const V4_ADDRESS = 4;
const V6_ADDRESS = 8;
const V6_BYTES = 28;

/** The IPv4 sender whose `sockaddr` begins at `at`, without making objects: its address times 65,536, and its port; -1 for one of IPv6. A mapped address (::ffff:a.b.c.d) is IPv4. */
export function senderV4(names: DataView, at: number): number {
  if (names.getUint16(at, true) === AF_INET) return pair(names, at, V4_ADDRESS);
  return isMapped(names, at + V6_ADDRESS) ? pair(names, at, V6_ADDRESS + 12) : -1;
}

/** A key for a sender of IPv6: equal for equal ones. */
export function senderKeyV6(names: DataView, at: number): string {
  return Buffer.from(names.buffer, names.byteOffset + at + PORT, V6_BYTES - PORT).toString("latin1");
}

/** The sender of IPv6 whose `sockaddr` begins at `at`; its zone is a number. */
export function senderV6(names: DataView, at: number): AddrPort {
  const sender = decodeSocketAddress(new Uint8Array(names.buffer, names.byteOffset + at, V6_BYTES));
  if (!(sender instanceof AddrPort)) throw new TypeError("it is no IP address");
  return sender;
}

function pair(names: DataView, at: number, address: number): number {
  return names.getUint32(at + address) * 0x1_0000 + names.getUint16(at + PORT);
}

function isMapped(names: DataView, at: number): boolean {
  return names.getUint32(at) === 0 && names.getUint32(at + 4) === 0 && names.getUint32(at + 8) === 0xffff;
}
