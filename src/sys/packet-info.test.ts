import { describe, expect, test } from "bun:test";
import { type ControlMessage, encodeControl } from "./control-message.ts";
import {
  destinationKeyV6,
  destinationV4,
  destinationV6,
  findPacketInfo,
  replySourceV4,
  sourceControlV4,
  sourceControlV6,
} from "./packet-info.ts";

const TIMESTAMP: ControlMessage = { level: 1, type: 29, data: new Uint8Array(16).fill(0xee) };
/** Its length is none of the alignment's multiples. */
const TTL: ControlMessage = { level: 0, type: 2, data: new Uint8Array(4).fill(0xee) };
const INFO: ControlMessage = { level: 0, type: 8, data: new Uint8Array([1, 0, 0, 0, 10, 0, 0, 1, 224, 0, 0, 251]) };
const INFO6: ControlMessage = {
  level: 41,
  type: 50,
  data: Uint8Array.from({ length: 20 }, (_, i) => (i < 17 ? i : 0)),
};

function found(bytes: Uint8Array, family: 4 | 6, length = bytes.length): number {
  return findPacketInfo(viewOf(bytes), 0, length, family);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

describe("the local address of a datagram", () => {
  test("is found wherever it stands among other messages", () => {
    for (const before of [[], [TIMESTAMP], [TTL], [TIMESTAMP, TTL, INFO6]]) {
      const bytes = encodeControl([...before, INFO, TTL]);
      const info = found(bytes, 4);
      expect(destinationV4(viewOf(bytes), info, 4)).toBe(0xe000_00fb);
      expect(replySourceV4(viewOf(bytes), info)).toBe(0x0a00_0001);
    }
    const bytes = encodeControl([INFO, INFO6]);
    const info = found(bytes, 6);
    expect(destinationV6(viewOf(bytes), info)).toEqual({ bytes: INFO6.data.slice(0, 16), index: 16 });
    expect(destinationKeyV6(viewOf(bytes), info).length).toBe(20);
  });

  test("is not told where there is no such message, or one that is cut or says a length that cannot be", () => {
    expect([found(new Uint8Array(0), 4), found(encodeControl([TIMESTAMP, TTL]), 4)]).toEqual([-1, -1]);
    expect([found(encodeControl([INFO]), 6), found(encodeControl([INFO6]), 4)]).toEqual([-1, -1]);
    const bytes = encodeControl([TTL, INFO]);
    for (let length = 0; length < bytes.length - 4; length++) expect(found(bytes, 4, length)).toBe(-1);
    for (const wrong of [0, 15, 27, 2 ** 31, 2 ** 32 - 1]) {
      const lying = encodeControl([INFO]);
      viewOf(lying).setUint32(0, wrong, true);
      expect([found(lying, 4), found(lying, 6)]).toEqual([-1, -1]);
    }
  });

  test("goes out as the address to leave from", () => {
    const v4 = sourceControlV4(0x7f00_0002);
    expect(replySourceV4(viewOf(v4), found(v4, 4))).toBe(0x7f00_0002);
    const v6 = sourceControlV6(INFO6.data.slice(0, 16), 3);
    expect(destinationV6(viewOf(v6), found(v6, 6))).toEqual({ bytes: INFO6.data.slice(0, 16), index: 3 });
  });
});
