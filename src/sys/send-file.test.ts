import { afterAll, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ERRNO } from "./errno.ts";
import { sendFile } from "./send-file.ts";

const dir: string = mkdtempSync(join(tmpdir(), "netwright-sys-"));
const path: string = join(dir, "file");
writeFileSync(path, "0123456789");

afterAll(() => rmSync(dir, { recursive: true }));

describe("sendFile", () => {
  test("sends a range to a file as to a socket, and 0 at the end", () => {
    const from = openSync(path, "r");
    const target = openSync(join(dir, "target"), "w+");
    expect(sendFile(target, from, 2, 3)).toBe(3);
    expect(sendFile(target, from, 8, 100)).toBe(2);
    expect(sendFile(target, from, 10, 100)).toBe(0);
    expect(sendFile(target, from, 5 * 2 ** 32, 100)).toBe(0);
    closeSync(target);
    closeSync(from);
    return expect(Bun.file(join(dir, "target")).text()).resolves.toBe("23489");
  });

  test("says why it cannot as a negated error number", () => {
    const from = openSync(path, "r");
    expect(sendFile(1_000_000, from, 0, 1)).toBe(-ERRNO.EBADF);
    closeSync(from);
  });
});
