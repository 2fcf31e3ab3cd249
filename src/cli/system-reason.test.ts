import { expect, test } from "bun:test";
import { systemReason } from "./system-reason.ts";

test.each([
  ["ENOSPC: no space left on device, write", "no space left on device (ENOSPC)"],
  ["ENOENT: no such file or directory, open '/a, b/c'", "no such file or directory (ENOENT)"],
  ["E2BIG: argument list too long", "argument list too long (E2BIG)"],
  ["given up: it took too long, write", "given up: it took too long, write"],
])("%s", (message, reason) => {
  expect(systemReason(new Error(message))).toBe(reason);
});
