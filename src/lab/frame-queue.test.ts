import { expect, test } from "bun:test";
import { seededRandom } from "../clock/index.ts";
import { FrameQueue } from "./frame-queue.ts";

/** A frame that tells its number by each of its bytes. */
function frame(number: number): Uint8Array {
  return new Uint8Array(1 + (number % 97)).fill(number & 255);
}

function head(queue: FrameQueue): Uint8Array {
  return queue.memory.slice(queue.headOffset, queue.headOffset + queue.headLength);
}

test("FrameQueue gives frames back in order and whole, however it grew meanwhile", () => {
  const random = seededRandom(7);
  const queue = new FrameQueue(100);
  let pushed = 0;
  let shifted = 0;
  for (let i = 0; i < 20_000; i++) {
    // It fills slowly over the first half, and empties over the second.
    if (random.float() < (i < 10_000 ? 0.55 : 0.45)) {
      expect(queue.push(frame(pushed), pushed)).toBe(true);
      pushed++;
    } else if (queue.size > 0) {
      expect(queue.due).toBe(shifted);
      expect(head(queue)).toEqual(frame(shifted));
      queue.shift();
      shifted++;
    }
    expect(queue.size).toBe(pushed - shifted);
  }
  expect(pushed).toBeGreaterThan(5000);
});

test("FrameQueue keeps what was written where reserve said when it grows", () => {
  const queue = new FrameQueue(64);
  for (let i = 0; i < 200; i++) {
    const offset = queue.reserve();
    queue.memory.fill(i, offset, offset + 64);
    expect(queue.commit(64, i)).toBe(true);
  }
  for (let i = 0; i < 200; i++) {
    expect(head(queue)).toEqual(new Uint8Array(64).fill(i));
    queue.shift();
  }
  expect(queue.due).toBe(Infinity);
});

test("FrameQueue refuses a frame when it is full, and takes one again later", () => {
  const queue = new FrameQueue(4 * 1024 * 1024);
  const one = new Uint8Array(10);
  let taken = 0;
  while (queue.push(one, 0)) taken++;
  expect(taken).toBe(15);
  queue.shift();
  expect(queue.push(one, 0)).toBe(true);
  queue.clear();
  expect(queue.due).toBe(Infinity);
});
