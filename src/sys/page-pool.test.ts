import { describe, expect, test } from "bun:test";
import { toArrayBuffer } from "bun:ffi";
import { PagePool } from "./page-pool.ts";

function bytesAt(room: number, length: number): Uint8Array {
  return new Uint8Array(toArrayBuffer(room, 0, length));
}

describe.skipIf(process.platform !== "linux")("PagePool", () => {
  test("rooms do not overlap, and the last one given back is the next one taken", () => {
    const pool = new PagePool(8192, 4096);
    const rooms = Array.from({ length: 100 }, () => pool.take());
    const sorted = rooms.toSorted((one, other) => one - other);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(8192);
    pool.give(rooms[3]!, 0);
    expect(pool.take()).toBe(rooms[3]!);
  });

  test("gives back what was used beyond what it keeps", () => {
    const pool = new PagePool(8192, 4096);
    const room = pool.take();
    bytesAt(room, 8192).fill(1);
    pool.give(room, 8192);
    const again = bytesAt(pool.take(), 8192);
    expect([again[0], again[4095], again[4096], again[8191]]).toEqual([1, 1, 0, 0]);
  });
});
