import { expect, test } from "bun:test";

const INDEX: string = JSON.stringify(import.meta.resolve("./index.ts"));

/** A parent that starts a child which is to die with it; the child says its own process id and holds our pipe open for as long as it lives. */
function parentOf(child: string): string {
  return `
    const child = Bun.spawn([process.execPath, "-e", ${JSON.stringify(child)}], { stdio: ["ignore", "inherit", "inherit"] });
    setInterval(() => child, 1000);
  `;
}

test("dieWithParent ends the process when its parent is killed", async () => {
  const child = `
    import { dieWithParent } from ${INDEX};
    dieWithParent("SIGKILL", process.ppid);
    console.log(process.pid);
    setInterval(() => undefined, 1000);
  `;
  const parent = Bun.spawn([process.execPath, "-e", parentOf(child)], { stdout: "pipe", stderr: "inherit" });
  const reader = parent.stdout.getReader();
  const first = await reader.read();
  expect(Number(new TextDecoder().decode(first.value))).toBeGreaterThan(1);
  parent.kill("SIGKILL");
  // The pipe ends when the last process that holds it is gone: parent and child.
  expect((await reader.read()).done).toBe(true);
});

test("dieWithParent ends the process at once when the parent it was told of is gone already", async () => {
  const script = `
    import { dieWithParent } from ${INDEX};
    dieWithParent("SIGKILL", ${process.pid} + 1_000_000_000);
    setInterval(() => undefined, 1000);
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stdio: ["ignore", "ignore", "inherit"] });
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
});
