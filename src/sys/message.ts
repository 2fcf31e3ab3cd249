import { FFIType, ptr } from "bun:ffi";
import { type ControlMessage, decodeControl, encodeControl } from "./control-message.ts";
import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { orErrno } from "./system-error.ts";

/** Flags of sendMessage and receiveMessage, and those that the system sets on what was received (recvmsg(2)). */
export const MESSAGE_FLAGS = {
  /** Control messages did not fit, and are lost: descriptors in them were closed by the system as far as they were cut. */
  CTRUNC: 0x8,
  /** Received: the message was longer than the buffer. Given to receiveMessage: `length` is what it was, not what fitted. */
  TRUNC: 0x20,
  DONTWAIT: 0x40,
  /** Received: the end of a record (SEQPACKET). */
  EOR: 0x80,
  PEEK: 0x2,
  /** Receive from the queue of errors. */
  ERRQUEUE: 0x2000,
  /** No SIGPIPE where the peer is gone. */
  NOSIGNAL: 0x4000,
  /** Descriptors that come are not inherited by programs that are started. */
  CMSG_CLOEXEC: 0x4000_0000,
} as const;

/** What goes with the bytes of a message that is sent. */
export interface SendMessageOptions {
  /** The `sockaddr` to send to; absent on a connected socket. */
  readonly to?: Uint8Array | undefined;
  readonly control?: readonly ControlMessage[] | undefined;
  /** Default: NOSIGNAL. */
  readonly flags?: number | undefined;
}

/** What is wanted of a message besides its bytes. */
export interface ReceiveMessageOptions {
  /** Room for control messages: the sum of their `controlSpace`. Default 0: none. */
  readonly controlCapacity?: number | undefined;
  /** Whether `from` is wanted. Default false. */
  readonly wantsFrom?: boolean | undefined;
  /** Default: CMSG_CLOEXEC. */
  readonly flags?: number | undefined;
}

/** A message that came. */
export interface ReceivedMessage {
  /** Bytes that stand in the buffer, or an error number negated (-EAGAIN: none is there). */
  readonly length: number;
  /** TRUNC, CTRUNC, EOR, ERRQUEUE of MESSAGE_FLAGS. */
  readonly flags: number;
  /** The sender's `sockaddr`, copied; empty where it was not wanted or there is none. */
  readonly from: Uint8Array;
  /** What came beside it. Descriptors among it are the caller's to close. */
  readonly control: readonly ControlMessage[];
}

const symbols = libc({
  sendmsg: { args: ["i32", "ptr", "i32"], returns: FFIType.i64_fast },
  recvmsg: { args: ["i32", "ptr", "i32"], returns: FFIType.i64_fast },
});

const MAX_ADDRESS = 128;
const NOTHING: Uint8Array = new Uint8Array(0);

/** One `msghdr` (56 bytes), then the one `iovec` (16) that it points to: used again for each call, since a call here never overlaps another. */
const head: Uint8Array = allocate(72);
const headView: DataView = new DataView(head.buffer);
const address: Uint8Array = allocate(MAX_ADDRESS);
let room: Uint8Array = allocate(256);
/** What an empty buffer is at. */
const nowhere: Uint8Array = allocate(8);

/**
 * Sends one message with what goes beside it. Returns how many bytes went out (a datagram goes whole or not at all), or an error number negated:
 * -EAGAIN when the system has no room for it now. Never throws for what the system says.
 */
export function sendMessage(fd: number, data: Uint8Array, options: SendMessageOptions = {}): number {
  const { to = NOTHING, control = [], flags = MESSAGE_FLAGS.NOSIGNAL } = options;
  const beside = control.length === 0 ? NOTHING : encodeControl(control);
  point(data, to, beside);
  return transmit(fd, flags);
}

/** Receives one message into the caller's buffer. */
export function receiveMessage(fd: number, buffer: Uint8Array, options: ReceiveMessageOptions = {}): ReceivedMessage {
  const { controlCapacity = 0, wantsFrom = false, flags = MESSAGE_FLAGS.CMSG_CLOEXEC } = options;
  if (controlCapacity > room.length) room = allocate(controlCapacity);
  const beside = controlCapacity === 0 ? NOTHING : room.subarray(0, controlCapacity);
  point(buffer, wantsFrom ? address : NOTHING, beside);
  const length = receive(fd, flags);
  if (length < 0) return { length, flags: 0, from: NOTHING, control: [] };
  return {
    length,
    flags: headView.getInt32(48, true),
    from: wantsFrom ? address.slice(0, Math.min(MAX_ADDRESS, headView.getUint32(8, true))) : NOTHING,
    control: controlCapacity === 0 ? [] : decodeControl(room.subarray(0, headView.getUint32(40, true))),
  };
}

function point(data: Uint8Array, name: Uint8Array, control: Uint8Array): void {
  setPointer(0, name);
  headView.setUint32(8, name.length, true);
  headView.setBigUint64(16, BigInt(ptr(head, 56)), true);
  headView.setBigUint64(24, 1n, true);
  setPointer(32, control);
  headView.setBigUint64(40, BigInt(control.length), true);
  headView.setInt32(48, 0, true);
  setPointer(56, data.length === 0 ? nowhere : data);
  headView.setBigUint64(64, BigInt(data.length), true);
}

function setPointer(at: number, bytes: Uint8Array): void {
  headView.setBigUint64(at, bytes.length === 0 ? 0n : BigInt(ptr(bytes)), true);
}

function transmit(fd: number, flags: number): number {
  errnoLocation();
  for (;;) {
    const result = orErrno(Number(symbols().sendmsg(fd, head, flags)));
    if (result !== -ERRNO.EINTR) return result;
  }
}

function receive(fd: number, flags: number): number {
  errnoLocation();
  for (;;) {
    const result = orErrno(Number(symbols().recvmsg(fd, head, flags)));
    if (result !== -ERRNO.EINTR) return result;
  }
}
