import { expect, test } from "bun:test";
import { TextCache } from "./text-cache.ts";

test("TextCache gives the text of every range, whatever was asked before", () => {
  const cache = new TextCache();
  const bytes = Buffer.from("example.com EXAMPLE.COM examplf.com exaaple.com \u00ff", "latin1");
  for (let round = 0; round < 3; round++) {
    for (let start = 0; start < bytes.length; start++) {
      for (let end = start; end <= bytes.length; end++) {
        expect(cache.text(bytes, start, end)).toBe(bytes.toString("latin1", start, end));
      }
    }
  }
});

test("TextCache does not hold on to the bytes", () => {
  const cache = new TextCache();
  const bytes = Buffer.from("one.example");
  expect(cache.text(bytes, 0, 11)).toBe("one.example");
  bytes.write("two");
  expect(cache.text(bytes, 0, 11)).toBe("two.example");
});
