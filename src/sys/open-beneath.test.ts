import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDescriptor } from "./descriptor.ts";
import { errnoName } from "./errno.ts";
import { openBeneath, openDirectory } from "./open-beneath.ts";
import { SystemError } from "./system-error.ts";

const dir: string = mkdtempSync(join(tmpdir(), "netwright-sys-"));
const root: string = join(dir, "root");
let fd: number;

beforeAll(() => {
  mkdirSync(join(root, "sub"), { recursive: true });
  writeFileSync(join(dir, "secret"), "secret");
  writeFileSync(join(root, "sub", "ä.txt"), "inside");
  symlinkSync("../sub/ä.txt", join(root, "sub", "relative"));
  symlinkSync(join(root, "sub", "ä.txt"), join(root, "absolute"));
  symlinkSync("../secret", join(root, "out"));
  symlinkSync("loop", join(root, "loop"));
  Bun.spawnSync(["mkfifo", join(root, "fifo")]);
  fd = openDirectory(root);
});

afterAll(() => {
  closeDescriptor(fd);
  rmSync(dir, { recursive: true });
});

function open(path: string): string {
  const opened = openBeneath(fd, path);
  if (opened < 0) return errnoName(opened);
  const stat = fstatSync(opened);
  const text = stat.isFile() ? readFileSync(opened, "utf8") : stat.isDirectory() ? "directory" : "other";
  closeDescriptor(opened);
  return text;
}

describe("openBeneath", () => {
  test("opens what lies below the root, through links that stay there", () => {
    expect(open("sub/ä.txt")).toBe("inside");
    expect(open("sub/../sub/relative")).toBe("inside");
    expect(open(".")).toBe("directory");
    expect(open("fifo")).toBe("other");
  });

  test("never opens what lies outside", () => {
    for (const path of ["..", "../secret", "sub/../../secret", "out", "absolute", join(dir, "secret"), "/"])
      expect([path, open(path)]).toEqual([path, "EXDEV"]);
  });

  test("says what is wrong with a path", () => {
    expect(open("none")).toBe("ENOENT");
    expect(open("")).toBe("ENOENT");
    expect(open("sub/ä.txt/more")).toBe("ENOTDIR");
    expect(open("loop")).toBe("ELOOP");
    expect(open("sub\0")).toBe("EINVAL");
    expect(open("a".repeat(300))).toBe("ENAMETOOLONG");
    expect(open("ä/".repeat(3000))).toBe("ENAMETOOLONG");
  });
});

describe("openDirectory", () => {
  test("throws what the system says", () => {
    expect(() => openDirectory(join(dir, "none"))).toThrow(new SystemError("open", 2));
    expect(() => openDirectory(join(dir, "secret"))).toThrow("open: ENOTDIR");
  });
});
