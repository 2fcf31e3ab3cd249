import { describe, expect, test } from "bun:test";
import { NetError } from "./net-error.ts";
import { sourceAddress, sourceFor } from "./source-address.ts";

describe("sourceAddress", () => {
  test.each([
    ["192.0.2.1", 4, "192.0.2.1:0"],
    ["192.0.2.1:5000", 4, "192.0.2.1:5000"],
    ["2001:db8::1", 6, "[2001:db8::1]:0"],
    ["[2001:db8::1]:5000", 6, "[2001:db8::1]:5000"],
    ["[fe80::1%eth0]:0", 6, "[fe80::1%eth0]:0"],
    ["::ffff:192.0.2.1", 4, "192.0.2.1:0"],
    [":5000", 4, "0.0.0.0:5000"],
    [":5000", 6, "[::]:5000"],
  ] as const)("%s for IPv%d is %s", (text, family, expected) => {
    expect(String(sourceFor(sourceAddress(text, "tcp", "a:1"), family))).toBe(expected);
  });

  test("none is the system's choice", () => {
    expect(sourceFor(undefined, 4)).toBeUndefined();
  });

  test.each(["", "localhost", "1.2.3", ":x", ":70000", "[::1]", "192.0.2.1:"])("refuses %j", (text) => {
    expect(() => sourceAddress(text, "tcp", "a:1")).toThrow(NetError);
  });
});
