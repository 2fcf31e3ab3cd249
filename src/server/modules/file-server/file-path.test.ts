import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { diskPath, encodeFilePath, filePath, lastSegment, utf8Path } from "./file-path.ts";

describe("filePath", () => {
  test.each([
    ["/", ""],
    ["/a/b", "/a/b"],
    ["/a/b/", "/a/b"],
    ["//a///b//", "/a/b"],
    ["/./a/./b/.", "/a/b"],
    ["/a/../../../etc/passwd", "/etc/passwd"],
    ["/..%2f..%2Fetc%2fpasswd", "/etc/passwd"],
    ["/%2e%2e/%2E%2e/x", "/x"],
    ["/a%2f..%2f..%2fb", "/b"],
    ["/sp%20ace", "/sp ace"],
    ["/%e2%82%ac", "/\u00e2\u0082\u00ac"],
    ["/%ff", "/\u00ff"],
    ["/100%25", "/100%"],
    ["/a%2541", "/a%41"],
    ["/a\\..\\b", "/a\\..\\b"],
    ["/a%5c..%5cb", "/a\\..\\b"],
    ["/bad%zz%4", "/bad%zz%4"],
    ["*", "/*"],
    ["", ""],
    ["/...", "/..."],
    ["/a/.../b", "/a/.../b"],
  ])("%s leads to %j", (path, expected) => {
    expect(filePath(path)).toBe(expected);
  });

  test.each(["/%00", "/a%00.txt", "/\0"])("a NUL is a 400: %j", (path) => {
    expect(() => filePath(path)).toThrow(expect.objectContaining({ status: 400 }));
  });

  test("whatever is asked for, no segment climbs, and none is empty", () => {
    const piece = fc.constantFrom(
      "..",
      ".",
      "/",
      "%2f",
      "%2F",
      "%2e",
      "%2E",
      "%5c",
      "\\",
      "a",
      "%25",
      "%252e",
      "%c0%ae",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const path = filePath(`/${pieces.join("")}`);
        if (path === "") return;
        expect(path).toStartWith("/");
        for (const segment of path.slice(1).split("/")) expect(["", ".", ".."]).not.toContain(segment);
      }),
    );
  });

  test("a path that was encoded leads back to itself", () => {
    const name = fc.string({
      unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const path = filePath(`/${names.join("/").replaceAll("%", "%25")}`);
        const encoded = encodeFilePath(path);
        expect(encoded).toMatch(/^[\x21-\x7e]*$/);
        expect(encoded).not.toMatch(/^\/\/|\\/);
        expect(filePath(encoded)).toBe(path);
      }),
    );
  });
});

describe("lastSegment", () => {
  test.each([
    ["/a/b", "b"],
    ["/a/b/", "b"],
    ["/a/b%2f", "b"],
    ["/", "/"],
    ["", "/"],
    ["///", "/"],
    ["/x%20y", "x y"],
  ])("%s ends in %s", (path, expected) => {
    expect(lastSegment(path)).toBe(expected);
  });
});

describe("diskPath", () => {
  test("joins text, and bytes where a name is not UTF-8", () => {
    expect(diskPath("/srv", "")).toBe("/srv");
    expect(diskPath("/srv", "/a b")).toBe("/srv/a b");
    expect(diskPath("/", "/etc")).toBe("/etc");
    expect(diskPath("/srv", filePath("/%e2%82%ac"))).toBe("/srv/€");
    expect(diskPath("/srv", "/\u00ff")).toEqual(Buffer.from("/srv/\u00ff", "latin1"));
    expect(utf8Path("/\u00ff")).toBeUndefined();
  });
});
