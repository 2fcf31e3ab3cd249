import { afterAll, describe, expect, test } from "bun:test";
import { fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "../../../clock/index.ts";
import { CachedFile } from "./cached-file.ts";
import { FilePool } from "./file-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "netwright-pool-"));
writeFileSync(join(folder, "large"), "");
afterAll(() => rmSync(folder, { recursive: true }));

const identity = { device: 1n, inode: 1n, size: 0n, modified: 10n ** 18n, changed: 10n ** 18n };

function small(length = 0): CachedFile {
  const file = new CachedFile(
    "/s",
    false,
    { identity, size: length, body: new Uint8Array(length), fd: -1, settled: true },
    undefined,
  );
  file.used = false;
  return file;
}

function large(): CachedFile {
  const fd = openSync(join(folder, "large"), "r");
  const file = new CachedFile("/l", false, { identity, size: 0, body: undefined, fd, settled: true }, undefined);
  file.used = false;
  return file;
}

function isOpen(file: CachedFile): boolean {
  try {
    return fstatSync(file.fd).isFile();
  } catch {
    return false;
  }
}

describe("FilePool", () => {
  test("holds no more bytes than it may, whoever's files they are", () => {
    const pool = new FilePool(new SimulatedClock(), { bytes: 3 * small(10_000).cost });
    const [one, other] = [new Map<string, CachedFile>(), new Map<string, CachedFile>()];
    for (let i = 0; i < 10; i++) pool.add(i % 2 === 0 ? one : other, `/${i}`, small(10_000));
    expect(pool.files).toBe(3);
    expect(pool.bytes).toBe(3 * small(10_000).cost);
    expect([...one.keys(), ...other.keys()].sort()).toEqual(["/7", "/8", "/9"]);
  });

  test("what was used gets a second chance", () => {
    const pool = new FilePool(new SimulatedClock(), { files: 3 });
    const files = new Map<string, CachedFile>();
    for (const key of ["/a", "/b", "/c"]) pool.add(files, key, small());
    files.get("/a")!.used = true;
    pool.add(files, "/d", small());
    expect([...files.keys()]).toEqual(["/a", "/c", "/d"]);
    pool.add(files, "/e", small());
    expect([...files.keys()]).toEqual(["/a", "/d", "/e"]);
    pool.add(files, "/f", small());
    expect([...files.keys()]).toEqual(["/a", "/e", "/f"]);
    pool.add(files, "/g", small());
    expect([...files.keys()]).toEqual(["/e", "/f", "/g"]);
  });

  test("makes room when everything is in use, and keeps what is too large for it while it is the newest", () => {
    const pool = new FilePool(new SimulatedClock(), { files: 2, bytes: 100_000 });
    const files = new Map<string, CachedFile>();
    for (const key of ["/a", "/b", "/c", "/d"]) {
      const file = small();
      file.used = true;
      pool.add(files, key, file);
    }
    expect(files.size).toBe(2);
    pool.add(files, "/huge", small(200_000));
    expect([...files.keys()]).toEqual(["/huge"]);
    pool.add(files, "/next", small());
    expect([...files.keys()]).toEqual(["/next"]);
    expect(pool.bytes).toBe(small().cost);
  });

  test("a key holds one file", () => {
    const pool = new FilePool(new SimulatedClock());
    const files = new Map<string, CachedFile>();
    const [first, second] = [large(), large()];
    pool.add(files, "/a", first);
    pool.add(files, "/a", second);
    expect(files.get("/a")).toBe(second);
    expect(pool.descriptors).toBe(1);
    expect([isOpen(first), isOpen(second)]).toEqual([false, true]);
    pool.close();
    expect(isOpen(second)).toBeFalse();
  });

  test("holds no more descriptors than it may, and closes what goes once nobody sends from it", () => {
    const pool = new FilePool(new SimulatedClock(), { descriptors: 2 });
    const files = new Map<string, CachedFile>();
    const all = [large(), large(), large(), large()];
    all[0]!.hold();
    all[0]!.hold();
    for (const [i, file] of all.entries()) pool.add(files, `/${i}`, file);
    expect(pool.descriptors).toBe(2);
    expect(all.map(isOpen)).toEqual([true, false, true, true]);
    all[0]!.release();
    expect(isOpen(all[0]!)).toBeTrue();
    all[0]!.release();
    expect(isOpen(all[0]!)).toBeFalse();
    pool.close();
  });

  test("closes descriptors that nobody used for a while", () => {
    const clock = new SimulatedClock();
    const pool = new FilePool(clock);
    const files = new Map<string, CachedFile>();
    const [idle, busy] = [large(), large()];
    pool.add(files, "/idle", idle);
    pool.add(files, "/busy", busy);
    pool.add(files, "/small", small());
    for (const file of [idle, busy]) file.used = true;
    clock.advance(10_000);
    busy.used = true;
    clock.advance(10_000);
    expect([isOpen(idle), isOpen(busy)]).toEqual([false, true]);
    clock.advance(20_000);
    expect(isOpen(busy)).toBeFalse();
    expect([...files.keys()]).toEqual(["/small"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("lets go of every descriptor when the system has none left, and of everything at the end", () => {
    const clock = new SimulatedClock();
    const pool = new FilePool(clock);
    const files = new Map<string, CachedFile>();
    const file = large();
    pool.add(files, "/l", file);
    pool.add(files, "/s", small());
    pool.removeDescriptors();
    expect(isOpen(file)).toBeFalse();
    expect([...files.keys()]).toEqual(["/s"]);
    pool.add(files, "/m", large());
    pool.removeAll(files);
    expect([pool.files, pool.bytes, pool.descriptors]).toEqual([0, 0, 0]);
    pool.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
