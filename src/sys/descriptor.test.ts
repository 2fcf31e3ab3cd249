import { describe, expect, test } from "bun:test";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { closeDescriptor, descriptorLimit, duplicateDescriptor, freeDescriptors, stopBlocking } from "./descriptor.ts";
import { SystemError } from "./system-error.ts";

describe("descriptors", () => {
  test("a duplicate is a descriptor of its own; one that is not open is refused", () => {
    const fd = openSync("/dev/null", "r");
    const copy = duplicateDescriptor(fd);
    closeSync(fd);
    closeSync(copy);
    expect(() => duplicateDescriptor(copy)).toThrow(SystemError);
    expect(() => duplicateDescriptor(copy)).toThrow("fcntl: EBADF");
    closeDescriptor(copy);
  });

  test("stopBlocking holds for every descriptor of an open file", () => {
    const fd = openSync("/dev/null", "r");
    const copy = duplicateDescriptor(fd);
    const doesNotBlock = (): boolean => {
      const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${copy}`, "utf8"))?.[1];
      return (Number.parseInt(flags!, 8) & 0o4000) !== 0;
    };
    expect(doesNotBlock()).toBe(false);
    stopBlocking(fd);
    expect(doesNotBlock()).toBe(true);
    for (const each of [fd, copy]) closeSync(each);
    expect(() => stopBlocking(fd)).toThrow("fcntl: EBADF");
  });

  test("freeDescriptors counts no further than it is asked to, and leaves nothing open", () => {
    const before = readdirSync("/proc/self/fd").length;
    expect(freeDescriptors(20)).toBe(20);
    expect(freeDescriptors(0)).toBe(0);
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  test("freeDescriptors is exact near the limit, also without a standard input", () => {
    const script = `
      import { closeSync, openSync } from "node:fs";
      import { freeDescriptors } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
      closeSync(0);
      const open = () => openSync("/dev/null", "r");
      const free = freeDescriptors(1000);
      for (let i = 3; i < free; i++) open();
      const counts = [freeDescriptors(1000), open() && freeDescriptors(1000), open() && freeDescriptors(1000), open() && freeDescriptors(1000)];
      try { open(); counts.push(-1); } catch (error) { counts.push(error.code); }
      console.log(JSON.stringify(counts));
    `;
    const { stdout, stderr } = Bun.spawnSync(["sh", "-c", 'ulimit -n 64; exec "$0" -e "$1"', process.execPath, script]);
    expect(stderr.toString()).toBe("");
    expect(JSON.parse(stdout.toString())).toEqual([3, 2, 1, 0, "EMFILE"]);
  });

  test("raiseDescriptorLimit raises the soft limit to the hard one", () => {
    const script = `
      import { descriptorLimit, raiseDescriptorLimit } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
      console.log(JSON.stringify([descriptorLimit(), raiseDescriptorLimit(), descriptorLimit(), raiseDescriptorLimit()]));
    `;
    const { stdout, stderr } = Bun.spawnSync([
      "sh",
      "-c",
      'ulimit -Sn 100 && ulimit -Hn 400 && exec "$0" -e "$1"',
      process.execPath,
      script,
    ]);
    expect(stderr.toString()).toBe("");
    // The runtime raises its own soft limit at start, so that only the end is certain.
    const [before, raised, after, again] = JSON.parse(stdout.toString());
    expect(before.hard).toBe(400);
    expect([raised, after, again]).toEqual([400, { soft: 400, hard: 400 }, 400]);
  });

  test("descriptorLimit is what the system says", () => {
    const line = Bun.spawnSync(["sh", "-c", "ulimit -Sn; ulimit -Hn"]).stdout.toString().trim().split("\n");
    const { hard } = descriptorLimit();
    expect(String(hard)).toBe(line[1]!);
  });
});
