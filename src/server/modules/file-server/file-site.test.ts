import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "../../../clock/index.ts";
import type { CachedFile } from "./cached-file.ts";
import { FilePool } from "./file-pool.ts";
import { FileSite } from "./file-site.ts";
import { compileHidden } from "./hidden-paths.ts";

// Times of files are the system's, so the simulated wall clock begins at the real one, an hour ahead where files should count as old.
const HOUR = 3_600_000;
const LARGE = 100_000;

let folder = "";
let root = "";
let clock: SimulatedClock;
let pool: FilePool;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "netwright-site-"));
  root = join(folder, "root");
  mkdirSync(root);
  clock = new SimulatedClock(Date.now() + HOUR);
  pool = new FilePool(clock);
});

afterEach(() => {
  pool.close();
  rmSync(folder, { recursive: true });
});

function site(options: { hide?: string[]; index?: string[]; allowOutside?: boolean } = {}): FileSite {
  const { hide = [], index = ["index.html", "index.txt"], allowOutside = false } = options;
  return new FileSite({ root, hidden: compileHidden(hide, root), indexNames: index, allowOutside }, pool, clock);
}

function put(name: string, text: string): string {
  const path = join(root, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function text(file: CachedFile | undefined): string | undefined {
  return file?.body === undefined ? undefined : Buffer.from(file.body).toString();
}

describe("FileSite finds", () => {
  test("files, and what stands for a folder", () => {
    put("a.txt", "a");
    put("dir/index.txt", "txt");
    put("both/index.txt", "txt");
    put("both/index.html", "html");
    put("none/x", "x");
    const files = site();
    expect(text(files.find("/a.txt"))).toBe("a");
    expect(files.find("/a.txt")!.isIndex).toBeFalse();
    expect(text(files.find("/dir"))).toBe("txt");
    expect(files.find("/dir")!.isIndex).toBeTrue();
    expect(text(files.find("/both"))).toBe("html");
    expect(files.find("/none")).toBeUndefined();
    expect(files.find("")).toBeUndefined();
    expect([...files.files.keys()]).toEqual(["/a.txt", "/dir/", "/both/"]);
  });

  test("no index that is a folder, and none above its own", () => {
    mkdirSync(join(root, "d/index.html"), { recursive: true });
    put("d/index.txt", "txt");
    put("a.txt", "a");
    put("d/a.txt", "inner");
    expect(site().find("/d")).toBeUndefined();
    expect(text(site({ index: ["../a.txt"] }).find("/d"))).toBe("inner");
    expect(site({ index: [] }).find("/d")).toBeUndefined();
  });

  test("names of any bytes, and percent signs", () => {
    put("100%.txt", "percent");
    put("a%41", "escaped");
    put("aA", "plain");
    put("€.txt", "utf8");
    writeFileSync(Buffer.from(`${root}/odd\u00ff`, "latin1"), "odd");
    const files = site();
    expect(text(files.find("/100%.txt"))).toBe("percent");
    expect(text(files.find("/a%41"))).toBe("escaped");
    expect(text(files.find("/\u00e2\u0082\u00ac.txt"))).toBe("utf8");
    expect(text(files.find("/odd\u00ff"))).toBe("odd");
    // What is asked for as /a%41 means /aA: the key that it would hit undecoded must not be there.
    expect(files.files.has("/a%41")).toBeFalse();
  });

  test("nothing where names are too long, files are taken for folders, or the root is not there", () => {
    put("a.txt", "a");
    const files = site();
    expect(files.find(`/${"x".repeat(300)}`)).toBeUndefined();
    expect(files.find("/x".repeat(3000))).toBeUndefined();
    expect(files.find("/a.txt/b")).toBeUndefined();
    root = join(folder, "nowhere");
    expect(site().find("/a.txt")).toBeUndefined();
  });

  test("nothing that is hidden, and an index that is hidden is passed over", () => {
    put("a.secret", "s");
    put("hidden/index.html", "h");
    put("d/index.html", "html");
    put("d/index.txt", "txt");
    const files = site({ hide: ["*.secret", "hidden/", "index.html"] });
    expect(files.find("/a.secret")).toBeUndefined();
    expect(files.find("/hidden")).toBeUndefined();
    expect(files.find("/hidden/index.html")).toBeUndefined();
    expect(text(files.find("/d"))).toBe("txt");
  });

  test("no special files, and waits for none", async () => {
    expect(Bun.spawnSync(["mkfifo", join(root, "fifo")]).exitCode).toBe(0);
    symlinkSync("fifo", join(root, "link"));
    const socket = createServer().listen(join(root, "socket"));
    await new Promise<void>((resolve) => void socket.on("listening", resolve));
    const files = site({ allowOutside: true });
    symlinkSync("/dev/zero", join(root, "zero"));
    for (const path of ["/fifo", "/link", "/socket", "/zero"]) expect(files.find(path)).toBeUndefined();
    socket.close();
  });
});

describe("FileSite and symlinks", () => {
  beforeEach(() => {
    put("in.txt", "inside");
    put("dir/index.html", "dir");
    mkdirSync(join(folder, "outside"));
    writeFileSync(join(folder, "outside/index.html"), "outside");
    mkdirSync(join(folder, "root-beside"));
    writeFileSync(join(folder, "root-beside/x"), "beside");
    const links = {
      relative: "in.txt",
      absolute: join(root, "in.txt"),
      folder: "dir",
      chain: "absolute",
      round: "../root/in.txt",
      out: "../outside/index.html",
      "out-absolute": join(folder, "outside/index.html"),
      "out-folder": "../outside",
      beside: "../root-beside/x",
      missing: "../nowhere",
      loop: "loop",
      magic: "/proc/self/cwd/package.json",
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
  });

  test("those that lead inside are followed", () => {
    const files = site();
    for (const name of ["relative", "absolute", "chain", "round"]) expect(text(files.find(`/${name}`))).toBe("inside");
    expect(text(files.find("/folder"))).toBe("dir");
  });

  test("those that lead outside are not there", () => {
    const files = site();
    const names = ["out", "out-absolute", "out-folder", "out-folder/index.html", "beside", "missing", "loop", "magic"];
    for (const name of names) expect(files.find(`/${name}`)).toBeUndefined();
  });

  test("those that lead outside are followed when that is allowed", () => {
    const files = site({ allowOutside: true });
    for (const name of ["out", "out-absolute", "out-folder", "out-folder/index.html"]) {
      expect(text(files.find(`/${name}`))).toBe("outside");
    }
    expect(files.find("/loop")).toBeUndefined();
  });

  test("a root that is a symlink is its target, and a new target counts within a second", () => {
    const real = root;
    root = join(folder, "current");
    symlinkSync("root", root);
    const files = site();
    expect(text(files.find("/in.txt"))).toBe("inside");
    expect(text(files.find("/absolute"))).toBe("inside");
    mkdirSync(join(folder, "next"));
    writeFileSync(join(folder, "next/in.txt"), "next");
    rmSync(root);
    symlinkSync("next", root);
    clock.advance(1000);
    expect(text(files.find("/in.txt"))).toBe("next");
    root = real;
  });
});

describe("FileSite keeps files", () => {
  test("for a second, then looks whether they are the same", () => {
    put("a.txt", "old");
    const files = site();
    const first = files.find("/a.txt");
    clock.advance(999);
    put("a.txt", "new!");
    expect(files.find("/a.txt")).toBe(first);
    clock.advance(1);
    expect(text(files.find("/a.txt"))).toBe("new!");
  });

  test("as they are while nothing happens to them", () => {
    put("a.txt", "a");
    put("d/index.html", "d");
    const files = site();
    const [file, index] = [files.find("/a.txt"), files.find("/d")];
    clock.advance(5000);
    expect(files.find("/a.txt")).toBe(file);
    expect(files.find("/d")).toBe(index);
  });

  test("not when they were changed so lately that another change could hide", () => {
    put("a.txt", "a");
    clock = new SimulatedClock(Date.now());
    pool = new FilePool(clock);
    const files = site();
    const first = files.find("/a.txt");
    expect(files.find("/a.txt")).toBe(first);
    clock.advance(1000);
    const second = files.find("/a.txt");
    expect(second).not.toBe(first);
    clock.advance(HOUR);
    const third = files.find("/a.txt");
    clock.advance(HOUR);
    expect(files.find("/a.txt")).toBe(third);
  });

  test("not when size and time were made to look the same", () => {
    const path = put("a.txt", "old");
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const files = site();
    const etag = files.find("/a.txt")!.etag;
    put("a.txt", "new");
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    clock.advance(1000);
    expect(text(files.find("/a.txt"))).toBe("new");
    expect(files.find("/a.txt")!.etag).toBe(etag);
  });

  test("not when they were replaced, removed, or became a folder", () => {
    put("a.txt", "a");
    put("b.txt", "b");
    put("c", "c");
    const files = site();
    for (const path of ["/a.txt", "/b.txt", "/c"]) expect(files.find(path)).toBeDefined();
    renameSync(put("new", "replaced"), join(root, "a.txt"));
    rmSync(join(root, "b.txt"));
    rmSync(join(root, "c"));
    put("c/index.html", "folder");
    clock.advance(1000);
    expect(text(files.find("/a.txt"))).toBe("replaced");
    expect(files.find("/b.txt")).toBeUndefined();
    expect(text(files.find("/c"))).toBe("folder");
    expect([...files.files.keys()].sort()).toEqual(["/a.txt", "/c/"]);
    put("b.txt", "back");
    expect(text(files.find("/b.txt"))).toBe("back");
  });

  test("and sees an index that goes before the one it had", () => {
    put("d/index.txt", "txt");
    const files = site();
    expect(text(files.find("/d"))).toBe("txt");
    linkSync(join(root, "d/index.txt"), join(root, "d/index.html"));
    clock.advance(1000);
    expect(files.find("/d")!.contentType).toBe("text/html; charset=utf-8");
    rmSync(join(root, "d/index.html"));
    rmSync(join(root, "d/index.txt"));
    clock.advance(1000);
    expect(files.find("/d")).toBeUndefined();
  });

  test("forgets everything when it is told to", () => {
    put("a.txt", "a");
    put("large", "x".repeat(LARGE));
    const files = site();
    files.find("/a.txt");
    files.find("/large");
    expect([pool.files, pool.descriptors]).toEqual([1, 1]);
    files.clear();
    expect([pool.files, pool.descriptors, files.files.size]).toEqual([0, 0, 0]);
  });
});

describe("FileSite and large files", () => {
  test("the descriptor is kept", () => {
    put("large", "x".repeat(LARGE));
    const files = site();
    const file = files.find("/large")!;
    expect(file.body).toBeUndefined();
    expect(file.size).toBe(LARGE);
    expect(files.find("/large")).toBe(file);
    clock.advance(2000);
    expect(files.find("/large")).toBe(file);
    expect(pool.descriptors).toBe(1);
  });

  test("what happens to the open file counts at once: its old head never goes with new bytes", () => {
    const path = put("large", "x".repeat(LARGE));
    const files = site();
    const before = files.find("/large")!;
    truncateSync(path, LARGE - 1);
    const after = files.find("/large")!;
    expect(after.size).toBe(LARGE - 1);
    expect(after.etag).not.toBe(before.etag);
    writeFileSync(path, "small now");
    expect(text(files.find("/large"))).toBe("small now");
    expect(pool.descriptors).toBe(0);
  });

  test("one that was replaced is the new one within a second", () => {
    put("large", "x".repeat(LARGE));
    const files = site();
    const before = files.find("/large");
    renameSync(put("other", "y".repeat(LARGE + 1)), join(root, "large"));
    // The open file was unlinked, which changes it too.
    expect(files.find("/large")!.size).toBe(LARGE + 1);
    expect(files.find("/large")).not.toBe(before);
  });
});
