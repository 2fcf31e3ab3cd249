import { describe, expect, test } from "bun:test";
import { Fields } from "./fields.ts";

/** Fields as a parser would hand them over. */
function parsed(...entries: [string, string][]): Fields {
  const text = entries.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const offsets = new Uint32Array(entries.length * 4);
  let at = 0;
  entries.forEach(([name, value], i) => {
    offsets.set([at, at + name.length, at + name.length + 2, at + name.length + 2 + value.length], i * 4);
    at += name.length + value.length + 4;
  });
  const fields = new Fields();
  fields.adopt(Buffer.from(text, "latin1"), offsets, entries.length);
  return fields;
}

function wire(fields: Fields): string {
  const target = new Uint8Array(fields.wireLength);
  return Buffer.from(target.buffer, 0, fields.writeTo(target, 0)).toString("latin1");
}

describe("Fields", () => {
  test("find goes by name without case, parsed or added", () => {
    const fields = parsed(["Host", "a"], ["X-One", "1"], ["x-one", "2"]);
    fields.append("X-ONE", "3");
    expect(fields.values("x-One")).toEqual(["1", "2", "3"]);
    expect(fields.combined("X-One")).toBe("1, 2, 3");
    expect(fields.get("HOST")).toBe("a");
    expect(fields.has("x-on")).toBe(false);
    expect(fields.find("x-one", 2)).toBe(2);
    expect(fields.find("x-one", 3)).toBe(3);
    expect(fields.find("x-one", 4)).toBe(-1);
  });

  test("keeps order, duplicates and case on the wire", () => {
    const fields = parsed(["b", "2"], ["A", "1"], ["b", "3"]);
    fields.append("C", "é");
    expect(wire(fields)).toBe("b: 2\r\nA: 1\r\nb: 3\r\nC: é\r\n");
    expect([...fields]).toEqual([
      ["b", "2"],
      ["A", "1"],
      ["b", "3"],
      ["C", "é"],
    ]);
  });

  test("delete leaves gaps that no view shows, and tells what came", () => {
    const fields = parsed(["Keep-Alive", "x"], ["A", "1"], ["keep-alive", "y"]);
    fields.append("Keep-Alive", "z");
    expect(fields.delete("keep-alive")).toBe(true);
    expect(fields.delete("keep-alive")).toBe(false);
    expect(fields.size).toBe(1);
    expect(fields.nameAt(0)).toBe("");
    expect(wire(fields)).toBe("A: 1\r\n");
    expect(fields.wireLength).toBe("A: 1\r\n".length);
    expect(fields.parsedCount).toBe(3);
    const name = fields.parsedBytes.subarray(fields.parsedOffset(2, 0), fields.parsedOffset(2, 1));
    expect(Buffer.from(name).toString("latin1")).toBe("keep-alive");
  });

  test("tagAt, nameIs and valueIs tell names and values without strings", () => {
    const fields = parsed(["Te", "Trailers"], ["Gone", "1"]);
    fields.delete("gone");
    fields.appendUnchecked("X-One", "Yes");
    const tag = (length: number, first: string): number => (length << 8) | first.charCodeAt(0);
    expect([fields.tagAt(0), fields.tagAt(1), fields.tagAt(2)]).toEqual([tag(2, "t"), 0, tag(5, "x")]);
    expect([fields.nameIs(0, "te"), fields.nameIs(0, "tf"), fields.nameIs(2, "x-one")]).toEqual([true, false, true]);
    expect([fields.valueIs(0, "trailers"), fields.valueIs(0, "trailer")]).toEqual([true, false]);
    expect([fields.valueIs(2, "yes"), fields.valueIs(2, "no")]).toEqual([true, false]);
  });

  test("set replaces every field of that name", () => {
    const fields = parsed(["A", "1"], ["a", "2"]);
    fields.set("a", "3");
    fields.set("A", "4");
    expect([...fields]).toEqual([["A", "4"]]);
  });

  test("adopt drops what was there", () => {
    const fields = parsed(["A", "1"]);
    fields.append("B", "2");
    fields.delete("A");
    fields.clear();
    expect(fields.size).toBe(0);
    expect(wire(fields)).toBe("");
  });

  test.each(["", "a b", "a:", "a\r\n", "é", "a\u0000", "(x)"])("append refuses the name %j", (name) => {
    expect(() => new Fields().append(name, "v")).toThrow(TypeError);
  });

  test.each(["a\r\nB: c", "\n", "\u0000", "\u007f", "\u0100"])("append refuses the value %j", (value) => {
    expect(() => new Fields().append("a", value)).toThrow(TypeError);
    expect(() => new Fields().set("a", value)).toThrow(TypeError);
  });

  test("clone borrows nothing", () => {
    const fields = parsed(["A", "1"]);
    const copy = fields.clone();
    fields.parsedBytes.fill(0x78);
    expect([...copy]).toEqual([["A", "1"]]);
  });
});
