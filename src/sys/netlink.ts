import { closeDescriptor } from "./descriptor.ts";
import { errnoLocation, ERRNO } from "./errno.ts";
import { makeSocket, SOCKET_CLOEXEC, SOCKET_TYPE } from "./make-socket.ts";
import { allocate } from "./memory.ts";
import { MESSAGE_FLAGS, receiveMessage, sendMessage } from "./message.ts";
import { SystemError } from "./system-error.ts";

const AF_NETLINK = 16;
const HEADER = 16;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
const NLM_F_DUMP = 0x300;
const NLM_F_DUMP_INTR = 0x10;
/** The kernel fills at most 32 KiB a turn unless it is asked with more room. */
const TURN_BYTES = 64 * 1024;

/** Answers of the kernel: the payload of each message, and whether what was listed changed meanwhile, so that some may be missing or told twice. */
export interface NetlinkDump {
  readonly payloads: readonly Uint8Array[];
  readonly interrupted: boolean;
}

/**
 * Asks the kernel for a whole list over netlink (netlink(7)): `family` such as NETLINK_SOCK_DIAG (4), a message `type` and its payload. Synchronous: the kernel
 * answers within the call. Throws SystemError: ENOENT where the kernel has no such list, EPERM …
 */
export function netlinkDump(family: number, type: number, payload: Uint8Array): NetlinkDump {
  const fd = makeSocket(AF_NETLINK, SOCKET_TYPE.raw, family, SOCKET_CLOEXEC);
  try {
    errnoLocation();
    const sent = sendMessage(fd, request(type, payload));
    if (sent < 0) throw new SystemError("sendmsg", -sent);
    return collect(fd);
  } finally {
    closeDescriptor(fd);
  }
}

function request(type: number, payload: Uint8Array): Uint8Array {
  const bytes = allocate(HEADER + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_DUMP, true);
  view.setUint32(8, 1, true);
  bytes.set(payload, HEADER);
  return bytes;
}

function collect(fd: number): NetlinkDump {
  const buffer = allocate(TURN_BYTES);
  const payloads: Uint8Array[] = [];
  let interrupted = false;
  for (;;) {
    const { length, flags } = receiveMessage(fd, buffer);
    if (length < 0) throw new SystemError("recvmsg", -length);
    if ((flags & MESSAGE_FLAGS.TRUNC) !== 0) throw new SystemError("recvmsg", ERRNO.EMSGSIZE);
    const turn = readTurn(buffer.subarray(0, length), payloads);
    interrupted ||= turn.interrupted;
    if (turn.done) return { payloads, interrupted };
  }
}

function readTurn(
  bytes: Uint8Array,
  payloads: Uint8Array[],
): { readonly done: boolean; readonly interrupted: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let interrupted = false;
  for (let at = 0; at + HEADER <= bytes.length;) {
    const length = view.getUint32(at, true);
    if (length < HEADER || at + length > bytes.length) throw new SystemError("recvmsg", ERRNO.EIO);
    const type = view.getUint16(at + 4, true);
    interrupted ||= (view.getUint16(at + 6, true) & NLM_F_DUMP_INTR) !== 0;
    // Both carry an error number, negated; that of DONE is 0 when the list is whole.
    if (type === NLMSG_ERROR || type === NLMSG_DONE) {
      const errno = length >= HEADER + 4 ? -view.getInt32(at + HEADER, true) : 0;
      if (errno !== 0) throw new SystemError("netlink", errno);
      return { done: true, interrupted };
    }
    payloads.push(bytes.slice(at + HEADER, at + length));
    at += align(length);
  }
  return { done: false, interrupted };
}

/** The attributes that stand in a netlink payload from an offset on, by type; of several of one type the last. */
export function netlinkAttributes(payload: Uint8Array, start: number): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const found = new Map<number, Uint8Array>();
  for (let at = start; at + 4 <= payload.length;) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > payload.length) break;
    found.set(view.getUint16(at + 2, true) & 0x3fff, payload.subarray(at + 4, at + length));
    at += align(length);
  }
  return found;
}

function align(length: number): number {
  return (length + 3) & ~3;
}
