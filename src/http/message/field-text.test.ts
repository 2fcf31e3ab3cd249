import { describe, expect, test } from "bun:test";
import { fieldText, textOfField } from "./field-text.ts";
import { isFieldValue } from "./field-syntax.ts";

describe("fieldText", () => {
  test.each([
    ["plain \t~", "plain \t~"],
    ["a\r\nX: 1", "a  X: 1"],
    ["\u0000a\u007fb\u001f", "ab"],
    ["ü", "\u00c3\u00bc"],
    ["€\n", "\u00e2\u0082\u00ac "],
    ["😀", "\u00f0\u009f\u0098\u0080"],
  ])("%j is sent as %j", (text, value) => {
    expect(fieldText(text)).toBe(value);
    expect(isFieldValue(fieldText(text))).toBe(true);
  });
});

describe("textOfField", () => {
  test.each(["", "plain", "üöä €", "😀"])("reads %j as it was written", (text) => {
    expect(textOfField(fieldText(text))).toBe(text);
  });

  test("leaves bytes that are no UTF-8 as they are", () => {
    expect(textOfField("\u00c3\u00bc\u00ff")).toBe("\u00c3\u00bc\u00ff");
  });
});
