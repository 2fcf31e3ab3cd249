import { expect, test } from "bun:test";
import { errorCode, fileFailure, isAbsent, isExhausted } from "./file-error.ts";

// Root may read everything, so that a file that may not be read cannot be made where tests run as root.
test.each([
  ["EACCES", 403],
  ["EPERM", 403],
  ["EMFILE", 503],
  ["ENFILE", 503],
  ["ENOMEM", 503],
  ["EIO", 500],
])("%s is answered %i, its cause kept for the log", (code, status) => {
  const cause = new Error("cause");
  expect(fileFailure(code, cause)).toMatchObject({ status, cause });
});

test("what leads nowhere is absent, what runs short is not", () => {
  for (const code of ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"])
    expect([code, isAbsent(code)]).toEqual([code, true]);
  expect(isAbsent("EMFILE")).toBe(false);
  expect(isExhausted("ENOENT")).toBe(false);
});

test("errorCode is the system's name, or nothing", () => {
  expect(errorCode(Object.assign(new Error("no"), { code: "ENOENT" }))).toBe("ENOENT");
  expect(errorCode(new Error("no"))).toBe("");
  expect(errorCode("ENOENT")).toBe("");
});
