import { expect, test } from "bun:test";

const INDEX: string = JSON.stringify(import.meta.resolve("./index.ts"));

test("reapChildren takes leave of orphans that its process inherits", () => {
  // A subreaper inherits them as the first process of a namespace does.
  const script = `
    import { dlopen } from "bun:ffi";
    import { reapChildren } from ${INDEX};
    dlopen("libc.so.6", { prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" } }).symbols.prctl(36, 1, 0, 0, 0);
    const { stdout } = Bun.spawnSync(["sh", "-c", "sleep 0.01 >/dev/null & sleep 0.02 >/dev/null & echo two"]);
    let count = 0;
    while (count < 2) count += reapChildren();
    console.log(stdout.toString().trim(), count, reapChildren());
  `;
  const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", script], { timeout: 10_000 });
  expect(stderr.toString()).toBe("");
  expect(stdout.toString()).toBe("two 2 0\n");
});
