import { describe, expect, test } from "bun:test";
import { SimulatedClock } from "../clock/index.ts";
import { DescriptorGuard } from "./descriptor-guard.ts";

/** A process with a table of descriptors of its own. */
class Table {
  readonly used = new Set<number>();
  readonly limit: number;
  counted = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  open(): number {
    let fd = 0;
    while (this.used.has(fd)) fd++;
    if (fd >= this.limit) return -1;
    this.used.add(fd);
    return fd;
  }

  get source(): { limit: () => number; free: (atMost: number) => number } {
    return {
      limit: () => this.limit,
      free: (atMost) => {
        this.counted++;
        return Math.min(atMost, this.limit - this.used.size);
      },
    };
  }
}

class Door {
  readonly heard: string[] = [];
  open = true;

  hold(): void {
    this.heard.push("hold");
    this.open = false;
  }

  letGo(): void {
    this.heard.push("letGo");
    this.open = true;
  }
}

function setUp(limit: number): { table: Table; clock: SimulatedClock; guard: DescriptorGuard; door: Door } {
  const table = new Table(limit);
  const clock = new SimulatedClock();
  const guard = new DescriptorGuard(table.source, clock);
  const door = new Door();
  guard.join(door);
  return { table, clock, guard, door };
}

/** Opens for as long as the door is open; returns how many. */
function openAll(table: Table, guard: DescriptorGuard, door: Door): number {
  let count = 0;
  for (; door.open; count++) {
    const fd = table.open();
    if (fd < 0) throw new Error("the table is full and the door still open");
    guard.took(fd);
  }
  return count;
}

describe("DescriptorGuard", () => {
  test("holds at the reserve, never beyond it", () => {
    for (const limit of [64, 256, 1024, 5000]) {
      const { table, guard, door } = setUp(limit);
      openAll(table, guard, door);
      expect([limit, limit - table.used.size]).toEqual([limit, guard.reserve]);
      expect(door.heard).toEqual(["hold"]);
      expect(guard.scarce).toBe(true);
    }
  });

  test("counts nothing below the half, and seldom beyond it", () => {
    const { table, guard } = setUp(1024);
    for (let i = 0; i < 512; i++) guard.took(table.open());
    expect(table.counted).toBe(0);
    for (let i = 0; i < 256; i++) guard.took(table.open());
    expect(table.counted).toBeLessThan(5);
  });

  test("lets go when enough are free, wherever the holes are, and holds again in time", () => {
    const { table, clock, guard, door } = setUp(64);
    openAll(table, guard, door);
    clock.advance(1000);
    expect(door.heard).toEqual(["hold"]);
    // What is not told of takes the whole reserve: the numbers of what comes free say nothing now.
    while (table.used.size < 64) table.open();
    for (let fd = 10; fd < 19; fd++) table.used.delete(fd);
    clock.advance(100);
    expect(door.heard).toEqual(["hold"]);
    table.used.delete(19);
    clock.advance(100);
    expect(door.heard).toEqual(["hold", "letGo"]);
    expect(openAll(table, guard, door)).toBe(2);
    expect(64 - table.used.size).toBe(8);
    expect(door.heard).toEqual(["hold", "letGo", "hold"]);
  });

  test("an open that failed holds at once", () => {
    const { guard, door } = setUp(1024);
    guard.ranOut();
    guard.ranOut();
    expect(door.heard).toEqual(["hold"]);
  });

  test("who joins while descriptors are short is held; without anybody to hold no time is spent", () => {
    const { clock, guard, door } = setUp(1024);
    guard.ranOut();
    const second = new Door();
    guard.join(second);
    expect(second.heard).toEqual(["hold"]);
    guard.leave(second);
    guard.leave(door);
    expect(guard.scarce).toBe(false);
    clock.advance(1000);
    expect([door.heard, second.heard]).toEqual([["hold"], ["hold"]]);
    guard.ranOut();
    expect(guard.scarce).toBe(false);
  });
});
