import { afterEach, describe, expect, test } from "bun:test";
import { fstatSync } from "node:fs";
import { controlSpace, decodeControl, encodeControl } from "./control-message.ts";
import { closeDescriptor, duplicateDescriptor } from "./descriptor.ts";
import { ERRNO } from "./errno.ts";
import { MESSAGE_FLAGS, receiveMessage, sendMessage } from "./message.ts";
import { SOL_SOCKET } from "./socket-option.ts";
import { SOCKET_TYPE } from "./make-socket.ts";
import { makeSocketPair } from "./socket-pair.ts";

const SCM_RIGHTS = 1;
const open: number[] = [];

function pair(kind: number): readonly [number, number] {
  const fds = makeSocketPair(kind);
  open.push(...fds);
  return fds;
}

afterEach(() => {
  for (const fd of open.splice(0)) closeDescriptor(fd);
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("sendMessage and receiveMessage", () => {
  test("carry one message whole, also an empty one, and say that none is there", () => {
    const [a, b] = pair(SOCKET_TYPE.datagram);
    const buffer = new Uint8Array(16);
    expect(receiveMessage(b, buffer).length).toBe(-ERRNO.EAGAIN);
    expect(sendMessage(a, bytes("ping"))).toBe(4);
    expect(sendMessage(a, new Uint8Array(0))).toBe(0);
    expect(receiveMessage(b, buffer)).toEqual({
      length: 4,
      flags: MESSAGE_FLAGS.CMSG_CLOEXEC,
      from: new Uint8Array(0),
      control: [],
    });
    expect(Buffer.from(buffer.subarray(0, 4)).toString()).toBe("ping");
    expect(receiveMessage(b, buffer).length).toBe(0);
    expect(receiveMessage(b, buffer).length).toBe(-ERRNO.EAGAIN);
  });

  test("say that a message was cut", () => {
    const [a, b] = pair(SOCKET_TYPE.seqpacket);
    sendMessage(a, bytes("ping"));
    const buffer = new Uint8Array(2);
    const { length, flags } = receiveMessage(b, buffer);
    expect([length, flags & MESSAGE_FLAGS.TRUNC, Buffer.from(buffer).toString()]).toEqual([
      2,
      MESSAGE_FLAGS.TRUNC,
      "pi",
    ]);
  });

  test("pass descriptors, not inherited, and say when there was no room for them", () => {
    const [a, b] = pair(SOCKET_TYPE.datagram);
    const data = new Uint8Array(new Int32Array([0, 0]).buffer);
    expect(sendMessage(a, bytes("x"), { control: [{ level: SOL_SOCKET, type: SCM_RIGHTS, data }] })).toBe(1);
    const got = receiveMessage(b, new Uint8Array(1), { controlCapacity: controlSpace(8) });
    expect(got.control.map(({ level, type }) => [level, type])).toEqual([[SOL_SOCKET, SCM_RIGHTS]]);
    const fds = new Int32Array(got.control[0]!.data.buffer, 0, 2);
    for (const fd of fds) {
      expect(fstatSync(fd).ino).toBe(fstatSync(0).ino);
      closeDescriptor(fd);
    }
    sendMessage(a, bytes("y"), { control: [{ level: SOL_SOCKET, type: SCM_RIGHTS, data }] });
    expect(receiveMessage(b, new Uint8Array(1)).flags & MESSAGE_FLAGS.CTRUNC).toBe(MESSAGE_FLAGS.CTRUNC);
  });

  test("say what the system says as a negated number", () => {
    const [a, b] = pair(SOCKET_TYPE.datagram);
    const gone = duplicateDescriptor(a);
    closeDescriptor(gone);
    expect(sendMessage(gone, bytes("x"))).toBe(-ERRNO.EBADF);
    expect(sendMessage(a, new Uint8Array(10_000_000))).toBe(-ERRNO.EMSGSIZE);
    closeDescriptor(b);
    open.splice(open.indexOf(b), 1);
    expect(sendMessage(a, bytes("x"))).toBe(-ERRNO.ECONNREFUSED);
  });
});

describe("control messages", () => {
  test("are read as they are written, at their alignment", () => {
    const messages = [
      { level: 1, type: 2, data: bytes("abc") },
      { level: 41, type: 50, data: new Uint8Array(20) },
      { level: 0, type: 8, data: new Uint8Array(0) },
    ];
    const encoded = encodeControl(messages);
    expect(encoded.length).toBe(controlSpace(3) + controlSpace(20) + controlSpace(0));
    expect(decodeControl(encoded)).toEqual(messages);
  });

  test("end where a length cannot be", () => {
    const encoded = encodeControl([{ level: 1, type: 1, data: new Uint8Array(4) }]);
    for (const length of [0, 15, 25, 0xffff_ffff]) {
      new DataView(encoded.buffer).setUint32(0, length, true);
      expect(decodeControl(encoded)).toEqual([]);
    }
    expect(decodeControl(encoded.subarray(0, 8))).toEqual([]);
  });
});
