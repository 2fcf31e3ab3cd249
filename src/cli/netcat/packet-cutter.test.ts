import { expect, test } from "bun:test";
import { PacketCutter } from "./packet-cutter.ts";

function cut(cutter: PacketCutter, ...texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => cutter.cut(new TextEncoder().encode(text)))
    .map((packet) => Buffer.from(packet).toString());
}

test("PacketCutter cuts what comes into pieces", () => {
  const cutter = new PacketCutter(false, 4);
  expect(cut(cutter, "abcdefghi", "", "jk")).toEqual(["abcd", "efgh", "i", "jk"]);
  expect(cutter.rest()).toBeUndefined();
});

test("PacketCutter makes lines of any pieces, never cut, without their ends", () => {
  const text = "first\r\n\nthe third\n\r\nl\rst";
  const whole = new PacketCutter(true, 2);
  expect(cut(whole, text)).toEqual(["first", "", "the third", ""]);
  expect(Buffer.from(whole.rest()!).toString()).toBe("l\rst");
  const bytewise = new PacketCutter(true, 2);
  expect(cut(bytewise, ...Array.from(text))).toEqual(["first", "", "the third", ""]);
  expect(Buffer.from(bytewise.rest()!).toString()).toBe("l\rst");
  expect(bytewise.rest()).toBeUndefined();
});

test("PacketCutter keeps what it was given only as a copy", () => {
  const cutter = new PacketCutter(true, 1);
  const bytes = new TextEncoder().encode("begin");
  cutter.cut(bytes);
  bytes.fill(0);
  expect(cut(cutter, "ning\n")).toEqual(["beginning"]);
});

test("PacketCutter: a line that never ends needs no endless memory", () => {
  const cutter = new PacketCutter(true, 1);
  const piece = new Uint8Array(400_000);
  cutter.cut(piece);
  cutter.cut(piece);
  expect(() => cutter.cut(piece)).toThrow("a line of stdin is longer than 1048576 bytes");
});
