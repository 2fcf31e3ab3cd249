import { allocate } from "./memory.ts";
import { SOL_SOCKET } from "./socket-option.ts";

/** What goes beside a message's bytes: descriptors, credentials, the address that a packet was sent to (cmsg(3)). */
export interface ControlMessage {
  /** Whose it is, such as SOL_SOCKET. */
  readonly level: number;
  /** What it is, such as SCM_RIGHTS. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** Bytes of a control message's head on 64-bit systems: its length (8), level (4), type (4). */
const HEAD = 16;
const ALIGNMENT = 8;
const SCM_RIGHTS = 1;

/** Bytes that a control message with `dataLength` bytes of data takes in memory (CMSG_SPACE): the capacity to ask for. */
export function controlSpace(dataLength: number): number {
  return HEAD + align(dataLength);
}

function align(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** Passes descriptors, which stay the sender's (SCM_RIGHTS); nothing for none. */
export function descriptorControl(descriptors: readonly number[]): readonly ControlMessage[] {
  if (descriptors.length === 0) return [];
  return [{ level: SOL_SOCKET, type: SCM_RIGHTS, data: new Uint8Array(Int32Array.from(descriptors).buffer) }];
}

/** The descriptors among control messages that came: the caller's to close. */
export function descriptorsIn(messages: readonly ControlMessage[]): number[] {
  return messages.flatMap(({ data, level, type }) => {
    if (level !== SOL_SOCKET || type !== SCM_RIGHTS) return [];
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return Array.from({ length: data.length >> 2 }, (_, at) => view.getInt32(4 * at, true));
  });
}

/** The bytes of control messages as the system takes them, in memory of their own. */
export function encodeControl(messages: readonly ControlMessage[]): Uint8Array {
  const bytes = allocate(messages.reduce((sum, { data }) => sum + controlSpace(data.length), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { level, type, data } of messages) {
    view.setBigUint64(at, BigInt(HEAD + data.length), true);
    view.setInt32(at + 8, level, true);
    view.setInt32(at + 12, type, true);
    bytes.set(data, at + HEAD);
    at += controlSpace(data.length);
  }
  return bytes;
}

/** The control messages that the system wrote, their data copied. What is cut off or says a length that cannot be ends them. */
export function decodeControl(bytes: Uint8Array): ControlMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: ControlMessage[] = [];
  for (let at = 0; at + HEAD <= bytes.length;) {
    const length = view.getUint32(at, true);
    if (length < HEAD || at + length > bytes.length) break;
    const data = bytes.slice(at + HEAD, at + length);
    messages.push({ level: view.getInt32(at + 8, true), type: view.getInt32(at + 12, true), data });
    at += align(length);
  }
  return messages;
}
