import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labs } from "./lab-peer.ts";
import { holdersOf } from "./leftovers.ts";

const COMMAND: string = join(import.meta.dir, "../../bin/netwright");

const running: Bun.Subprocess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function netwright(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Bun.SyncSubprocess<"pipe", "pipe"> {
  return Bun.spawnSync([COMMAND, "lab", ...args], { env: { ...process.env, ...env } });
}

function linesReader(stream: ReadableStream<Uint8Array<ArrayBuffer>>): () => Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return async () => {
    while (!text.includes("\n")) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += value;
    }
    const [line = ""] = text.split("\n", 1);
    text = text.slice(line.length + 1);
    return line;
  };
}

describe("netwright lab", () => {
  test.skipIf(!labs.available)(`run passes on the exit code and the lab's variables${labs.skipped}`, () => {
    const { exitCode, stdout } = netwright([
      "run",
      "chain",
      "--hops",
      "3",
      "--",
      "sh",
      "-c",
      "env | grep ^LAB_ | sort; exit 42",
    ]);
    expect(exitCode).toBe(42);
    const variables = Object.fromEntries(
      stdout
        .toString()
        .trim()
        .split("\n")
        .map((line) => line.split("=", 2)),
    );
    expect(variables).toMatchObject({
      LAB_HOST: "a",
      LAB_HOSTS: "a r1 r2 b",
      LAB_TARGET: "10.0.2.2",
      LAB_TARGET6: "fd6c:6162:0:2::2",
      LAB_ADDRESS4_A: "10.0.0.1",
      LAB_ADDRESS6_R1: "fd6c:6162:0:ffff::2",
    });
  });

  test.skipIf(!labs.available)(`run passes stdin, arguments and the folder on as they are${labs.skipped}`, () => {
    const script = 'cat; printf "%s|" "$@"; pwd';
    const { stdout } = Bun.spawnSync(
      [COMMAND, "lab", "run", "point-to-point", "--", "sh", "-c", script, "sh", "a b", "$x", ""],
      {
        stdin: Buffer.from("said "),
        cwd: "/usr",
      },
    );
    expect(stdout.toString()).toBe("said a b|$x||/usr\n");
  });

  test.skipIf(!labs.available)(
    `run has commands in other hosts meanwhile, and exec reaches them${labs.skipped}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), "netwright-test-"));
      const pipe = join(folder, "pipe");
      Bun.spawnSync(["mkfifo", pipe]);
      const script = `"$NETWRIGHT" lab exec b -- sh -c 'echo $LAB_HOST; ip -br -4 address show dev eth0; exit 3'; echo $?; "$NETWRIGHT" lab exec z -- true; cat "$PIPE"`;
      const { stdout, stderr } = netwright(
        ["run", "point-to-point", "--on", 'b: echo "from $LAB_HOST" > "$PIPE"', "--", "sh", "-c", script],
        { NETWRIGHT: COMMAND, PIPE: pipe },
      );
      rmSync(folder, { recursive: true });
      expect(stdout.toString()).toMatch(/^b\neth0\S* +UP +10\.0\.0\.2\/24 \n3\nfrom b\n$/);
      expect(stderr.toString()).toContain('no host "z": it has a b');
    },
  );

  test.skipIf(!labs.available)(
    `run passes signals on, tells of the one that ended its command, and leaves nothing${labs.skipped}`,
    async () => {
      const script =
        "trap 'echo told; exit 9' TERM; readlink /proc/self/ns/net /proc/self/ns/pid; while :; do sleep 0.01; done";
      const child = Bun.spawn([COMMAND, "lab", "run", "star", "--delay", "1ms", "--", "sh", "-c", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      running.push(child);
      const next = linesReader(child.stdout);
      const parts = { networks: [await next()], namespace: await next() };
      expect(holdersOf(parts).length).toBeGreaterThan(2);
      child.kill("SIGTERM");
      expect(await next()).toBe("told");
      expect(await child.exited).toBe(9);
      expect(holdersOf(parts)).toEqual([]);
      expect(netwright(["run", "star", "--", "sh", "-c", "kill -KILL $$"]).exitCode).toBe(137);
      expect(netwright(["run", "star", "--", "no-such-command"]).exitCode).toBe(127);
    },
  );

  test.each([
    [["run", "tree", "--", "true"], '"tree"'],
    [["run", "ring", "--hops", "3", "--", "true"], "--hops"],
    [["run", "chain", "--reorder", "5%", "--", "true"], "--reorder needs --delay"],
    [["run", "chain", "--loss", "200", "--", "true"], "--loss is from 0 to 100"],
    [["run", "chain", "--on", "iperf3", "--", "true"], "--on"],
    [["show", "chain", "--mtu", "20"], "--mtu is from 68"],
    [["exec", "b", "--", "true"], "lab exec works in a lab"],
  ])("says in one line what is wrong with %j", (args, word) => {
    const { exitCode, stderr } = netwright(args);
    expect(exitCode).toBe(2);
    expect(stderr.toString()).toStartWith("netwright: ");
    expect(stderr.toString()).toContain(word);
    expect(stderr.toString().trim().split("\n")).toHaveLength(1);
  });

  test("show prints hosts and links, and makes nothing", () => {
    const { exitCode, stdout } = netwright([
      "show",
      "star",
      "--delay",
      "10ms",
      "--jitter",
      "2ms",
      "--rate",
      "10mbit",
      "--link",
      "2: mtu 1280 loss 1%",
    ]);
    expect(exitCode).toBe(0);
    expect(stdout.toString()).toBe(readFileSync(join(import.meta.dir, "show-star.txt"), "utf8"));
    const { stdout: json } = netwright(["show", "star", "--json"]);
    expect(JSON.parse(json.toString())).toMatchObject({
      name: "star",
      hosts: [{ name: "a" }, {}, {}, { name: "hub" }],
    });
  });
});
