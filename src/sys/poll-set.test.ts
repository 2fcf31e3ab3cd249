import { afterEach, expect, test } from "bun:test";
import { readSync, writeSync } from "node:fs";
import { closeDescriptor } from "./descriptor.ts";
import { PollSet } from "./poll-set.ts";
import { SOCKET_TYPE } from "./make-socket.ts";
import { makeSocketPair } from "./socket-pair.ts";

const open: number[] = [];

afterEach(() => {
  for (const fd of open.splice(0)) closeDescriptor(fd);
});

function pair(): readonly [number, number] {
  const made = makeSocketPair(SOCKET_TYPE.stream);
  open.push(...made);
  return made;
}

test("PollSet tells which descriptors are ready, until they are read empty", () => {
  const [a, toA] = pair();
  const [b, toB] = pair();
  const set = new PollSet([a, b]);
  expect(set.wait(0)).toBe(0);
  writeSync(toB, "x");
  expect(set.wait(Infinity)).toBe(1);
  expect([set.ready(0), set.ready(1)]).toEqual([false, true]);
  writeSync(toA, "x");
  expect(set.wait(1000)).toBe(2);
  readSync(b, new Uint8Array(8));
  expect(set.wait(0)).toBe(1);
  expect([set.ready(0), set.ready(1)]).toEqual([true, false]);
});

test("PollSet takes the end of a stream for ready", () => {
  const [a, toA] = pair();
  const set = new PollSet([a]);
  closeDescriptor(toA);
  open.splice(open.indexOf(toA), 1);
  expect(set.wait(Infinity)).toBe(1);
  expect(set.ready(0)).toBe(true);
});

test.each([0.05, 0.9999999, 3.7])("PollSet waits for %d ms and no less", (ms) => {
  const set = new PollSet([pair()[0]]);
  const before = performance.now();
  expect(set.wait(ms)).toBe(0);
  // What performance.now() rounds away.
  expect(performance.now() - before).toBeGreaterThanOrEqual(ms - 0.001);
});

test("PollSet does not wait for a time that has passed", () => {
  expect(new PollSet([pair()[0]]).wait(-5)).toBe(0);
  expect(new PollSet([]).wait(0)).toBe(0);
});
