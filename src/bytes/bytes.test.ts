import { describe, expect, test } from "bun:test";
import { ChunkQueue } from "./chunk-queue.ts";
import { copyBytes } from "./copy-bytes.ts";
import { readLatin1, writeLatin1 } from "./latin1.ts";
import { ParseError } from "./parse-error.ts";

describe("ChunkQueue", () => {
  test("gives back what was put in, in order, cut as asked", () => {
    const queue = new ChunkQueue();
    for (let i = 0; i < 300; i++) queue.push(Uint8Array.of(i & 0xff, (i + 1) & 0xff, (i + 2) & 0xff));
    expect(queue.length).toBe(900);
    const seen: number[] = [];
    for (let size = 1; queue.length > 0; size = (size % 4) + 1) {
      const piece = queue.shift(size)!;
      expect(piece.length).toBeLessThanOrEqual(size);
      seen.push(...piece);
    }
    expect(seen).toEqual(Array.from({ length: 900 }, (_, i) => (Math.floor(i / 3) + (i % 3)) & 0xff));
    expect(queue.shift()).toBeUndefined();
  });

  test("unshift goes before everything", () => {
    const queue = new ChunkQueue();
    queue.push(Uint8Array.of(2));
    queue.unshift(Uint8Array.of(1));
    queue.shift();
    queue.unshift(Uint8Array.of(0));
    expect([...queue.takeAll()]).toEqual([0, 2]);
    expect(queue.length).toBe(0);
  });

  test("consume and copyInto cross chunks", () => {
    const queue = new ChunkQueue();
    queue.push(Uint8Array.of(1, 2, 3));
    queue.push(new Uint8Array(0));
    queue.push(Uint8Array.of(4, 5));
    queue.consume(2);
    const target = new Uint8Array(2);
    expect(queue.copyInto(target)).toBe(2);
    expect([...target]).toEqual([3, 4]);
    expect(() => queue.consume(2)).toThrow(RangeError);
    expect(queue.peek()).toEqual(Uint8Array.of(5));
    queue.clear();
    expect(queue.copyInto(target)).toBe(0);
    expect(queue.takeAll().length).toBe(0);
  });
});

test("readLatin1 reads what writeLatin1 wrote, also when it is long", () => {
  const text = Array.from({ length: 20_000 }, (_, i) => String.fromCharCode(i & 0xff)).join("");
  const bytes = new Uint8Array(20_001);
  expect(writeLatin1(bytes, 1, text)).toBe(20_001);
  expect(readLatin1(bytes, 1)).toBe(text);
});

test("ParseError says what, where and why", () => {
  expect(new ParseError("1..2", 2, "empty part").message).toBe('cannot parse "1..2": empty part (at 2)');
  expect(new ParseError("x".repeat(200), 0, "too long").message.length).toBeLessThan(120);
  expect(new ParseError(new Uint8Array(3), 1, "cut").message).toBe("cannot parse 3 bytes: cut (at 1)");
});

test("copyBytes copies a Buffer too, of which slice makes a view", () => {
  const bytes = Buffer.from("abcdef");
  const [all, part] = [copyBytes(bytes), copyBytes(bytes, 1, 3)];
  bytes.fill(0);
  expect([Buffer.from(all).toString(), Buffer.from(part).toString()]).toEqual(["abcdef", "bc"]);
});
