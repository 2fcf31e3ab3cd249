import { afterEach, describe, expect, test } from "bun:test";
import { closeDescriptor } from "./descriptor.ts";
import { endSending } from "./end-socket.ts";
import { ERRNO } from "./errno.ts";
import { mapPages, unmapPages } from "./pages.ts";
import { Ring, RING_FLAGS } from "./ring.ts";
import { SOCKET_TYPE } from "./make-socket.ts";
import { makeSocketPair } from "./socket-pair.ts";
import { toArrayBuffer } from "bun:ffi";

const RECEIVE = 27;
const SEND = 26;
const ring: Ring | undefined = Ring.open(8);
ring?.close();

describe.skipIf(ring === undefined)("Ring", () => {
  const pages = mapPages(8192);
  const bytes = new Uint8Array(toArrayBuffer(pages, 0, 8192));
  const opened: number[] = [];
  afterEach(() => {
    for (const fd of opened.splice(0)) closeDescriptor(fd);
  });

  function pair(): readonly [number, number] {
    const ends = makeSocketPair(SOCKET_TYPE.stream);
    opened.push(...ends);
    return ends;
  }

  function results(of: Ring): (readonly [number, number])[] {
    const told: (readonly [number, number])[] = [];
    of.take((token, result) => told.push([token, result]));
    return told;
  }

  test("an operation ends when it can: a receive on a socket that does not block waits for bytes", () => {
    const own = Ring.open(8)!;
    const [one, other] = pair();
    own.put(RECEIVE, 0, one, pages + 4096, 100, 0, 7);
    own.enter();
    expect(results(own)).toEqual([]);
    bytes.set([1, 2, 3]);
    own.put(SEND, 0, other, pages, 3, 0, 8);
    own.enter(true);
    own.enter();
    expect(results(own).toSorted(([one], [other]) => one - other)).toEqual([
      [7, 3],
      [8, 3],
    ]);
    expect([...bytes.subarray(4096, 4099)]).toEqual([1, 2, 3]);
    own.close();
  });

  test("what is linked begins after it and has no completion when it fails; what is silent has one only then", () => {
    const own = Ring.open(8)!;
    const [one, other] = pair();
    const flags = RING_FLAGS.link | RING_FLAGS.silent;
    own.put(SEND, flags, one, pages, 5, 0, 1);
    own.put(RECEIVE, 0, other, pages + 4096, 100, 0, 2);
    own.enter(true);
    expect(results(own)).toEqual([[2, 5]]);
    endSending(one);
    own.put(SEND, flags, one, pages, 5, 0x4000, 3);
    own.put(RECEIVE, 0, other, pages + 4096, 100, 0, 4);
    own.enter(true);
    expect(results(own)).toEqual([[3, -ERRNO.EPIPE]]);
    own.close();
  });

  test("takes as many at a time as it was made for, any number after one another, and more completions than it has room for", () => {
    const own = Ring.open(8)!;
    const [one, other] = pair();
    expect(own.room).toBe(8);
    const told: (readonly [number, number])[] = [];
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 8; i++) own.put(SEND, 0, one, pages, 1, 0, round * 8 + i);
      expect(own.room).toBe(0);
      own.enter();
      expect(own.room).toBe(8);
    }
    while (own.isReady) {
      told.push(...results(own));
      own.enter();
    }
    expect(told).toEqual(Array.from({ length: 160 }, (_, token) => [token, 1]));
    own.put(RECEIVE, 0, other, pages, 4096, 0, 1);
    own.enter(true);
    expect(results(own)).toEqual([[1, 160]]);
    own.close();
  });

  test("a timer ends a wait", () => {
    const own = Ring.open(8)!;
    own.putTimer(1, 5);
    own.enter(true);
    expect(results(own)).toEqual([[5, -ERRNO.ETIME]]);
    own.close();
    unmapPages(mapPages(4096), 4096);
  });
});
