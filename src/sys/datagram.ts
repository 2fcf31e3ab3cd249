import { FFIType } from "bun:ffi";
import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { MESSAGE_FLAGS } from "./message.ts";
import { orErrno } from "./system-error.ts";

const { DONTWAIT, NOSIGNAL, TRUNC } = MESSAGE_FLAGS;
const MAX_ADDRESS = 128;

const symbols = libc({
  sendto: { args: ["i32", "ptr", "usize", "i32", "ptr", "u32"], returns: FFIType.i64_fast },
  recvfrom: { args: ["i32", "ptr", "usize", "i32", "ptr", "ptr"], returns: FFIType.i64_fast },
});

const address: Uint8Array = allocate(MAX_ADDRESS);
const addressLength: Uint8Array = allocate(4);
const addressLengthView: DataView = new DataView(addressLength.buffer);
/** What an empty datagram is at: the system wants a place even for no bytes. */
const nowhere: Uint8Array = allocate(8);

/**
 * Sends one datagram without waiting, to a `sockaddr`, or on a connected socket to its peer. Returns the bytes sent, or an error number negated: -EAGAIN when the
 * system has no room for it.
 */
export function sendDatagram(fd: number, data: Uint8Array, to?: Uint8Array): number {
  errnoLocation();
  const bytes = data.length === 0 ? nowhere : data;
  const { sendto } = symbols();
  const length = to === undefined ? 0 : to.length;
  for (;;) {
    const sent = orErrno(Number(sendto(fd, bytes, data.length, DONTWAIT | NOSIGNAL, to ?? null, length)));
    if (sent !== -ERRNO.EINTR) return sent;
  }
}

/**
 * Receives one datagram without waiting. Returns its length, which is more than the buffer's where its end was lost, or an error number negated: -EAGAIN when none is
 * there. `lastSender` then gives who sent it.
 */
export function receiveDatagram(fd: number, buffer: Uint8Array): number {
  errnoLocation();
  const { recvfrom } = symbols();
  for (;;) {
    addressLengthView.setUint32(0, MAX_ADDRESS, true);
    const flags = DONTWAIT | TRUNC;
    const length = orErrno(Number(recvfrom(fd, buffer, buffer.length, flags, address, addressLength)));
    if (length !== -ERRNO.EINTR) return length;
  }
}

/** Whether what was received last came from this `sockaddr`: cheaper than to look at it. */
export function isLastSender(sender: Uint8Array): boolean {
  const { length } = sender;
  if (addressLengthView.getUint32(0, true) !== length) return false;
  for (let at = 2; at < length; at++) if (address[at] !== sender[at]) return false;
  return true;
}

/** The `sockaddr` of who sent what was received last; empty for a Unix socket without a name. Borrowed until the next receive. */
export function lastSender(): Uint8Array {
  return address.subarray(0, Math.min(MAX_ADDRESS, addressLengthView.getUint32(0, true)));
}
