import { encodeControl } from "./control-message.ts";
import { IPPROTO_IP, IPPROTO_IPV6 } from "./socket-option.ts";

const IP_PKTINFO = 8;
const IPV6_PKTINFO = 50;
/** The head of a control message: its length (8), level (4), type (4). The next one begins at a multiple of 8. */
const HEAD = 16;
/** `in_pktinfo`: the interface's index, the address to answer from, the address that it was sent to. `in6_pktinfo`: the address, the index. */
const INFO_V4 = { bytes: 12, replySource: 4, destination: 8 } as const;
const INFO_V6 = { bytes: 20, mapped: 12, index: 16 } as const;

/**
 * Where among the control messages that came with a datagram the local address stands that it was sent to, or -1 where they do not tell it. They begin at `at` and take `length` bytes; others
 * that the socket was asked for, such as time stamps, may stand before it.
 */
export function findPacketInfo(control: DataView, at: number, length: number, family: 4 | 6): number {
  const level = family === 4 ? IPPROTO_IP : IPPROTO_IPV6;
  const type = family === 4 ? IP_PKTINFO : IPV6_PKTINFO;
  const least = HEAD + (family === 4 ? INFO_V4.bytes : INFO_V6.bytes);
  const end = at + length;
  for (let head = at; head + least <= end;) {
    const taken = control.getUint32(head, true);
    if (taken < HEAD || head + taken > end) break;
    if (control.getInt32(head + 8, true) === level && control.getInt32(head + 12, true) === type)
      return taken >= least ? head + HEAD : -1;
    head += (taken + 7) & ~7;
  }
  return -1;
}

/** The IPv4 address, as a number, that a datagram was sent to; `info` as found by `findPacketInfo` for this family. */
export function destinationV4(control: DataView, info: number, family: 4 | 6): number {
  return control.getUint32(info + (family === 4 ? INFO_V4.destination : INFO_V6.mapped));
}

/**
 * The IPv4 address, as a number, that an answer should leave from: another one than `destinationV4` where that is a group's or a broadcast address. `info` as found for IPv4, also of a socket for
 * both families.
 */
export function replySourceV4(control: DataView, info: number): number {
  return control.getUint32(info + INFO_V4.replySource);
}

/** The IPv6 address that a datagram was sent to, its 16 bytes copied, and the index of the interface that it came in at. */
export function destinationV6(control: DataView, info: number): { readonly bytes: Uint8Array; readonly index: number } {
  const bytes = new Uint8Array(control.buffer, control.byteOffset + info, 16).slice();
  return { bytes, index: control.getUint32(info + INFO_V6.index, true) };
}

/** A key for `destinationV6`: equal for equal ones. */
export function destinationKeyV6(control: DataView, info: number): string {
  return Buffer.from(control.buffer, control.byteOffset + info, INFO_V6.bytes).toString("latin1");
}

/** Control messages that make a datagram leave from an IPv4 address, given as a number. */
export function sourceControlV4(from: number): Uint8Array {
  const data = new Uint8Array(INFO_V4.bytes);
  new DataView(data.buffer).setUint32(INFO_V4.replySource, from);
  return encodeControl([{ level: IPPROTO_IP, type: IP_PKTINFO, data }]);
}

/** Control messages that make a datagram leave from an IPv6 address, and through the interface of an index; 0: any. */
export function sourceControlV6(from: Uint8Array, index: number): Uint8Array {
  const data = new Uint8Array(INFO_V6.bytes);
  data.set(from);
  new DataView(data.buffer).setUint32(INFO_V6.index, index, true);
  return encodeControl([{ level: IPPROTO_IPV6, type: IPV6_PKTINFO, data }]);
}
