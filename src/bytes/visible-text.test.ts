import { expect, test } from "bun:test";
import { visibleText } from "./visible-text.ts";

test.each([
  ["plain, ünïcode 👍", "plain, ünïcode 👍"],
  ["a\nb\r\t", "a\\nb\\r\\t"],
  ["\0\u001b[2J\u007f\u009b\u2028", "\\u0000\\u001b[2J\\u007f\\u009b\\u2028"],
])("%j is shown on one line", (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
