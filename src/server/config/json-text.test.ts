import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { JsonTextError, parseJsonText } from "./json-text.ts";

test.each([
  "{}",
  " [ ] ",
  '{"a": [1, -2.5e3, true, false, null, "x\\n\\u00e9\\"\\\\"], "b": {"c": {}}}\n',
  "0",
  '""',
  '"\\ud83d"',
  `"${"x".repeat(100_000)}"`,
])("parseJsonText reads %j as JSON.parse does", (text) => {
  expect(parseJsonText(text)).toEqual(JSON.parse(text));
});

test.each([
  ['{"a": 1,}', 7, "a comma stands before the end of the list", "remove it"],
  ["[1, 2, ]", 5, "a comma stands before the end of the list", "remove it"],
  ['{"a": 1 // x\n}', 8, "JSON has no comments", "remove it"],
  ["# x\n{}", 0, "JSON has no comments", "remove it"],
  ['{/* x */"a": 1}', 1, "JSON has no comments", "remove it"],
  ["{} // x", 3, "JSON has no comments", "remove it"],
  ['{"a": 1 "b": 2}', 8, "a comma is missing before this", undefined],
  ['{"a": 1, "a": 2}', 9, 'the key "a" stands here twice', "keep one of them"],
  ['{"a": 1, "\\u0061": 2}', 9, 'the key "a" stands here twice', "keep one of them"],
  ["{a: 1}", 1, "a key needs quotes", 'write "a"'],
  ['{"a": yes}', 6, "yes needs quotes: it is no value", 'write "yes"'],
  ["{'a': 1}", 1, "JSON quotes with \", not with '", 'write "…"'],
  ['{"a" 1}', 5, 'after a key comes ":"', undefined],
  ['{"a": }', 6, "here should stand a value", undefined],
  ['{"a":', 5, "the text ends where a value should stand", undefined],
  ['{"a": 1', 0, "this { is not closed", "add }"],
  ["[1; 2]", 2, 'here should stand "," or "]"', undefined],
  ['{"a": "x\n"}', 6, "this string is not closed", 'end it with "'],
  ['"a\\x"', 2, "no such escape", 'write a backslash itself as "\\\\"'],
  ['"a\tb"', 2, "a control character stands in this string", "write it as an escape such as \\t or \\u0000"],
  ["[01]", 1, "this is no number", "write it in plain decimals, or as a string"],
  ["[-]", 2, "a number needs a digit here", undefined],
  ["[1.]", 1, "this is no number", "write it in plain decimals, or as a string"],
  ["[0x10]", 1, "this is no number", "write it in plain decimals, or as a string"],
  ["{} {}", 3, "the JSON has ended, but more follows", undefined],
  ["", 0, "the text ends where a value should stand", undefined],
  ["[".repeat(501), 500, "nested deeper than 500 levels", undefined],
])("parseJsonText refuses %j", (text, offset, reason, hint) => {
  expect(() => parseJsonText(text)).toThrow(expect.objectContaining({ offset, message: reason, hint }));
});

test("parseJsonText takes and refuses what JSON.parse does, but for repeated keys", () => {
  const slip = fc.record({
    at: fc.nat(),
    drop: fc.nat(2),
    add: fc.constantFrom("", ",", '"', "}", "]", ":", "0", ".", "\\", " ", "e", "\n"),
  });
  fc.assert(
    fc.property(fc.json(), fc.array(slip, { maxLength: 2 }), (json, slips) => {
      let text = json;
      for (const { at, drop, add } of slips) {
        const place = at % (text.length + 1);
        text = text.slice(0, place) + add + text.slice(place + drop);
      }
      expect(outcome(text)).toEqual(expected(text));
    }),
    { numRuns: 500 },
  );
});

/** What comes of a text: a value, or that it is refused. Any other error than the parser's own comes through. */
function outcome(text: string): unknown {
  try {
    return { value: parseJsonText(text) };
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return error.message.includes("twice") ? expected(text) : "refused";
  }
}

function expected(text: string): unknown {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return "refused";
  }
}
