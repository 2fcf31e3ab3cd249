import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Lab, pointToPoint } from "../../src/lab/index.ts";
import { until } from "../e2e/processes.ts";
import { peer } from "../peers.ts";
import { failureOf } from "../server/failure-of.ts";
import { labs } from "./lab-peer.ts";
import { holdersOf, type Parts } from "./leftovers.ts";

const DOOMED: string = fileURLToPath(new URL("doomed.ts", import.meta.url));

const running: Bun.Subprocess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

interface Doomed {
  readonly child: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly parts: Parts;
  /** The next line that it writes. */
  readonly line: () => Promise<string>;
  /** The rest of what it and its lab write; it ends when the last of them is gone. */
  readonly rest: () => Promise<string>;
}

async function startDoomed(...args: readonly string[]): Promise<Doomed> {
  const child = Bun.spawn([process.execPath, DOOMED, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const line = async (): Promise<string> => {
    while (!text.includes("\n")) {
      const { done, value } = await reader.read();
      if (done) throw new Error("it ended before it had written a line");
      text += value;
    }
    const [first = ""] = text.split("\n", 1);
    text = text.slice(first.length + 1);
    return first;
  };
  const parts = JSON.parse(await line()) as Parts;
  return {
    child,
    parts,
    line,
    rest: async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      return text;
    },
  };
}

async function untilNobodyHolds(parts: Parts): Promise<void> {
  await until(() => holdersOf(parts).length === 0, "nobody is in the lab");
}

test.skipIf(!labs.available)(
  `a lab vanishes with all that runs in it when its maker is killed${labs.skipped}`,
  async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("netwright-lab-"));
    const { child, parts, rest } = await startDoomed();
    expect(parts.networks).toHaveLength(3);
    expect(new Set(parts.networks).size).toBe(3);
    // The keeper and its unshare, three daemons, three deaf shells with their sleeps: this test can see them.
    expect(holdersOf(parts).length).toBeGreaterThanOrEqual(10);
    child.kill("SIGKILL");
    expect(await rest()).toBe("");
    await untilNobodyHolds(parts);
    // Devices were in those networks only, and no file tells of it.
    const devices = Bun.spawnSync(["ip", "-o", "link"]).stdout.toString();
    expect(devices).not.toContain("02:6c:61");
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("netwright-lab-"))).toEqual(before);
  },
);

test.skipIf(!labs.available)(`close ends all that runs in a lab, and may be called again${labs.skipped}`, async () => {
  const { child, parts, line, rest } = await startDoomed("close");
  // It may still be about to say so when the last process of the lab has gone.
  expect(await line()).toBe("closed");
  await untilNobodyHolds(parts);
  child.kill("SIGKILL");
  expect(await rest()).toBe("");
  const lab = await Lab.create(pointToPoint());
  await lab.close();
  await lab.close();
  await lab[Symbol.asyncDispose]();
});

test.skipIf(!labs.available)(
  `what is done in a lab that was closed or killed fails and says so${labs.skipped}`,
  async () => {
    const lab = await Lab.create(pointToPoint({ link: { delayMs: 1 } }));
    const dir = mkdtempSync(join(tmpdir(), "netwright-lab-"));
    const begun = join(dir, "begun");
    const pending = lab.host("a").run(["sh", "-c", 'echo >"$0"; exec sleep 1000', begun]);
    pending.catch(() => undefined);
    await until(() => existsSync(begun), "the command has begun");
    rmSync(dir, { recursive: true });
    await lab.close();
    expect(await failureOf(pending)).toContain("SIGKILL");
    expect(await failureOf(lab.link("a-b").set({ delayMs: 2 }))).toContain("lab was closed");
    expect(await failureOf(lab.link("a-b").down())).toContain("lab was closed");
    expect(await failureOf(lab.host("a").run(["true"]))).toContain("lab was closed");
  },
);

test.skipIf(!labs.available)(`a lab whose keeper was killed says so${labs.skipped}`, async () => {
  const lab = await Lab.create(pointToPoint({ link: { delayMs: 1 } }));
  const { stdout } = await lab.host("a").run(["sh", "-c", "kill -9 1; ps -o pid= 1"]);
  // Nobody kills the first process of a namespace from inside it.
  expect(stdout.trim()).toBe("1");
  const outside = lab.host("a").spawn(["sleep", "1000"]);
  await until(() => outside.pid !== undefined, "the command has begun");
  const parent = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${keeperOf(outside.pid!)}/status`, "utf8"))![1]);
  process.kill(parent, "SIGKILL");
  expect((await outside.exited).signal).toBe("SIGKILL");
  expect(await failureOf(lab.link("a-b").down())).toContain("its keeper ended");
  await lab.close();
});

/** The process that holds the lab that a process is in: the first of its namespace. */
function keeperOf(pid: number): number {
  const namespace = readlinkSync(`/proc/${pid}/ns/pid`);
  const first = readdirSync("/proc").find((name) => {
    try {
      return (
        readlinkSync(`/proc/${name}/ns/pid`) === namespace &&
        /^NSpid:\s*\d+\s+1$/m.test(readFileSync(`/proc/${name}/status`, "utf8"))
      );
    } catch {
      return false;
    }
  });
  return Number(first);
}

test.skipIf(!labs.available).each([
  [[], /setpriv/],
  [["setpriv"], /unshare/],
  [["setpriv", "unshare"], /ip .*iproute2/],
] as const)(
  `a lab that can't be made says what is missing, with only %j installed${labs.skipped}`,
  async (programs, expected) => {
    const folder = mkdtempSync(join(tmpdir(), "netwright-test-"));
    for (const program of programs) symlinkSync(peer(program).path, join(folder, program));
    const script = `import { Lab, pointToPoint } from "netwright/lab"; try { await Lab.create(pointToPoint({ link: { delayMs: 1 } }), { driver: "userspace" }); } catch (error) { console.log(error.name, error.message); }`;
    try {
      const { stdout } = Bun.spawnSync([process.execPath, "-e", script], {
        cwd: import.meta.dir,
        env: { ...process.env, PATH: folder },
      });
      expect(stdout.toString()).toMatch(/^LabError /);
      expect(stdout.toString()).toMatch(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** How a user without rights is had on this machine, where root runs the tests; and why not. */
const NOBODY: readonly string[] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

function whyNotAsNobody(): string {
  if (!labs.available) return labs.skipped;
  if (process.getuid?.() !== 0) return " (skipped: it is for root to try)";
  const can = (...command: readonly string[]): boolean => Bun.spawnSync([...NOBODY, ...command]).exitCode === 0;
  if (!can(process.execPath, "--version")) return " (skipped: other users may not run this Bun)";
  return can("unshare", "--user", "--map-root-user", "--net", "true")
    ? ""
    : " (skipped: users may not make namespaces here)";
}

const whyNot: string = whyNotAsNobody();

test.skipIf(whyNot !== "")(`a user without rights makes a lab in a user namespace${whyNot}`, () => {
  const script = `
    import { Lab, pointToPoint } from ${JSON.stringify(import.meta.resolve("../../src/lab/index.ts"))};
    await using lab = await Lab.create(pointToPoint({ link: { rateBitsPerSecond: 1e8 } }));
    const { stdout } = await lab.host("a").run(["sh", "-c", "id -u; ip -br -4 address show dev eth0"]);
    console.log(stdout.trim().split(/\\s+/).join(" "));
  `;
  const { stdout, stderr } = Bun.spawnSync([...NOBODY, process.execPath, "-e", script], { cwd: "/" });
  expect(stderr.toString()).toBe("");
  expect(stdout.toString()).toMatch(/^0 eth0\S* UP 10\.0\.0\.1\/24\n$/);
});
