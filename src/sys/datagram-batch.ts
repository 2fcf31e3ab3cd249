import { FFIType, ptr } from "bun:ffi";
import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { MESSAGE_FLAGS } from "./message.ts";
import { orErrno } from "./system-error.ts";

/** How many datagrams one call takes at most. */
export const BATCH_MAX = 32;
/** No datagram of UDP is longer. */
const DATA_MAX = 65_536;
/** Slots lie a little more than 64 KiB apart, so that their beginnings do not fall on the same lines of the processor's cache. */
const DATA_STRIDE: number = DATA_MAX + 1088;
const NAME_STRIDE = 128;
/** Room for the local address, and for what else the user of a socket may have asked for, such as time stamps. */
const CONTROL_STRIDE = 256;
/** `struct mmsghdr`, and within it: name, its length, iovec, how many, control, its length, flags; then the datagram's length. */
const HEAD = {
  bytes: 64,
  nameLength: 8,
  vector: 16,
  vectors: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
  length: 56,
};
const VECTOR_BYTES = 16;
const { DONTWAIT, NOSIGNAL, TRUNC } = MESSAGE_FLAGS;

const symbols = libc({
  recvmmsg: { args: ["i32", "ptr", "u32", "i32", "ptr"], returns: "i32" },
  recvmsg: { args: ["i32", "ptr", "i32"], returns: FFIType.i64_fast },
  sendmmsg: { args: ["i32", "ptr", "u32", "i32"], returns: "i32" },
});

/** Heads of datagrams, each with its one vector. */
class Heads {
  readonly bytes: Uint8Array = allocate(HEAD.bytes * BATCH_MAX);
  readonly view: DataView = new DataView(this.bytes.buffer);
  private readonly vectors: Uint8Array = allocate(VECTOR_BYTES * BATCH_MAX);
  private readonly vectorView: DataView = new DataView(this.vectors.buffer);

  constructor() {
    const vectors = ptr(this.vectors);
    for (let slot = 0; slot < BATCH_MAX; slot++) {
      putPointer(this.view, slot * HEAD.bytes + HEAD.vector, vectors + slot * VECTOR_BYTES);
      this.view.setUint32(slot * HEAD.bytes + HEAD.vectors, 1, true);
    }
  }

  setData(slot: number, pointer: number, length: number): void {
    putPointer(this.vectorView, slot * VECTOR_BYTES, pointer);
    this.vectorView.setUint32(slot * VECTOR_BYTES + 8, length, true);
  }

  setName(slot: number, pointer: number, length: number): void {
    putPointer(this.view, slot * HEAD.bytes, pointer);
    this.view.setUint32(slot * HEAD.bytes + HEAD.nameLength, length, true);
  }

  setControl(slot: number, pointer: number, length: number): void {
    putPointer(this.view, slot * HEAD.bytes + HEAD.control, pointer);
    this.view.setUint32(slot * HEAD.bytes + HEAD.controlLength, length, true);
  }
}

/** A pointer of the runtime is a number below 2^53. */
function putPointer(view: DataView, at: number, pointer: number): void {
  view.setUint32(at, pointer % 0x1_0000_0000, true);
  view.setUint32(at + 4, Math.floor(pointer / 0x1_0000_0000), true);
}

/**
 * Room for datagrams that are received in one call: one a thread, some 2 MiB of which only as much is touched as comes. What stands in it is borrowed until the next
 * `receive`, whoever calls it.
 */
export class DatagramBatch {
  private readonly heads = new Heads();
  private readonly data: Uint8Array = allocate(DATA_STRIDE * BATCH_MAX);
  /** The senders' `sockaddr`s: that of a slot begins at `nameAt`. */
  readonly names: DataView = new DataView(allocate(NAME_STRIDE * BATCH_MAX).buffer);
  /** What came beside them, where it was asked for: that of a slot begins at `controlAt`. */
  readonly control: DataView = new DataView(allocate(CONTROL_STRIDE * BATCH_MAX).buffer);
  private readonly views: (Uint8Array | undefined)[] = Array.from({ length: BATCH_MAX }, () => undefined);
  private readonly controlPointer: number;
  private readonly controlLengths = new Uint32Array(BATCH_MAX);
  private withControl = false;

  constructor() {
    const data = ptr(this.data);
    const names = ptr(this.names);
    this.controlPointer = ptr(this.control);
    for (let slot = 0; slot < BATCH_MAX; slot++) {
      this.heads.setData(slot, data + slot * DATA_STRIDE, DATA_MAX);
      this.heads.setName(slot, names + slot * NAME_STRIDE, NAME_STRIDE);
    }
  }

  /** Receives what is there without waiting, BATCH_MAX datagrams at most; returns how many, or an error number negated: -EAGAIN when none is there. */
  receive(fd: number, withControl: boolean): number {
    if (withControl !== this.withControl) this.setControl(withControl);
    errnoLocation();
    for (;;) {
      const count = orErrno(symbols().recvmmsg(fd, this.heads.bytes, BATCH_MAX, DONTWAIT, null));
      if (count === -ERRNO.EINTR) continue;
      this.restore(count);
      return count;
    }
  }

  /** Receives one datagram into the first slot, which is cheaper where there mostly is one only. Returns 1, or an error number negated. */
  receiveOne(fd: number, withControl: boolean): number {
    if (withControl !== this.withControl) this.setControl(withControl);
    errnoLocation();
    const { bytes, view } = this.heads;
    for (;;) {
      const length = orErrno(Number(symbols().recvmsg(fd, bytes, DONTWAIT)));
      if (length === -ERRNO.EINTR) continue;
      if (length < 0) return length;
      view.setUint32(HEAD.length, length, true);
      this.restore(1);
      return 1;
    }
  }

  /** What a slot holds. Datagrams of one length in one slot share a view. */
  bytes(slot: number): Uint8Array {
    const length = this.heads.view.getUint32(slot * HEAD.bytes + HEAD.length, true);
    const last = this.views[slot];
    if (last !== undefined && last.length === length) return last;
    const view = this.data.subarray(slot * DATA_STRIDE, slot * DATA_STRIDE + length);
    this.views[slot] = view;
    return view;
  }

  isTruncated(slot: number): boolean {
    return (this.heads.view.getUint32(slot * HEAD.bytes + HEAD.flags, true) & TRUNC) !== 0;
  }

  nameAt(slot: number): number {
    return slot * NAME_STRIDE;
  }

  controlAt(slot: number): number {
    return slot * CONTROL_STRIDE;
  }

  /** How many bytes of control messages a slot holds. */
  controlLength(slot: number): number {
    return this.withControl ? this.controlLengths[slot]! : 0;
  }

  /** The system has written the lengths that it used over those that it may use. */
  private restore(count: number): void {
    const { view } = this.heads;
    for (let slot = 0; slot < count; slot++) {
      view.setUint32(slot * HEAD.bytes + HEAD.nameLength, NAME_STRIDE, true);
      if (this.withControl) this.restoreControl(slot);
    }
  }

  private restoreControl(slot: number): void {
    const at = slot * HEAD.bytes + HEAD.controlLength;
    this.controlLengths[slot] = this.heads.view.getUint32(at, true);
    this.heads.view.setUint32(at, CONTROL_STRIDE, true);
  }

  private setControl(withControl: boolean): void {
    this.withControl = withControl;
    for (let slot = 0; slot < BATCH_MAX; slot++) {
      const pointer = withControl ? this.controlPointer + slot * CONTROL_STRIDE : 0;
      this.heads.setControl(slot, pointer, withControl ? CONTROL_STRIDE : 0);
    }
  }
}

let batch: DatagramBatch | undefined;

/** The thread's room for received datagrams. */
export function threadBatch(): DatagramBatch {
  batch ??= new DatagramBatch();
  return batch;
}

/** What an empty datagram is at. */
const nowhere: Uint8Array = allocate(8);

/** Datagrams that are sent in one call. */
class SendBatch {
  private readonly heads = new Heads();

  put(slot: number, data: Uint8Array, to: Uint8Array | undefined, control: Uint8Array | undefined): void {
    this.heads.setData(slot, ptr(data.length === 0 ? nowhere : data), data.length);
    if (to === undefined) this.heads.setName(slot, 0, 0);
    else this.heads.setName(slot, ptr(to), to.length);
    if (control === undefined) this.heads.setControl(slot, 0, 0);
    else this.heads.setControl(slot, ptr(control), control.length);
  }

  send(fd: number, count: number): number {
    errnoLocation();
    for (;;) {
      const sent = orErrno(symbols().sendmmsg(fd, this.heads.bytes, count, DONTWAIT | NOSIGNAL));
      if (sent !== -ERRNO.EINTR) return sent;
    }
  }
}

let sendBatch: SendBatch | undefined;

/** One datagram to send: whom to (a `sockaddr`; absent on a connected socket), and what goes beside it (encoded control messages). */
export interface DatagramToSend {
  readonly data: Uint8Array;
  readonly to: Uint8Array | undefined;
  readonly control: Uint8Array | undefined;
}

/**
 * Sends datagrams, BATCH_MAX at most, in order and without waiting. Returns how many went, or, when none did, an error number negated: -EAGAIN when the system has no
 * room. Their memory must not be that of a small typed array whose `buffer` is looked at meanwhile.
 */
export function sendDatagrams(fd: number, datagrams: readonly DatagramToSend[]): number {
  if (datagrams.length === 0) return 0;
  sendBatch ??= new SendBatch();
  const count = Math.min(datagrams.length, BATCH_MAX);
  for (let slot = 0; slot < count; slot++) {
    const { control, data, to } = datagrams[slot]!;
    sendBatch.put(slot, data, to, control);
  }
  return sendBatch.send(fd, count);
}
