import { expect, test } from "bun:test";
import { join } from "node:path";
import { Lab, pointToPoint } from "../../src/lab/index.ts";
import { labs } from "./lab-peer.ts";

const COMMAND: string = join(import.meta.dir, "../../bin/netwright");

const ENDS = [
  ["SIGINT", 130],
  ["SIGQUIT", 131],
  ["SIGKILL", 137],
  ["SIGTERM", 143],
] as const;

test.skipIf(!labs.available)(
  `a signal that ends a command in a host is told, and nobody else speaks of it${labs.skipped}`,
  async () => {
    await using lab = await Lab.create(pointToPoint());
    for (const [signal] of ENDS) {
      const script = `echo said >&2; kill -${signal.slice(3)} $$`;
      expect(await lab.hosts[0]!.run(["sh", "-c", script], { mayFail: true })).toMatchObject({
        exitCode: undefined,
        signal,
        stderr: "said\n",
      });
    }
  },
);

test.skipIf(!labs.available).each(ENDS)(
  `netwright lab run: %s ends its command with exit code %i, without a terminal${labs.skipped}`,
  (signal, code) => {
    const script = `kill -${signal.slice(3)} $$`;
    const ended = Bun.spawnSync([COMMAND, "lab", "run", "point-to-point", "--", "sh", "-c", script]);
    expect([ended.exitCode, ended.stderr.toString()]).toEqual([code, ""]);
  },
);

test.skipIf(!labs.available)(
  `netwright lab run: Ctrl-C on a terminal ends its command with 130${labs.skipped}`,
  async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let shown = "";
    const child = Bun.spawn([COMMAND, "lab", "run", "point-to-point", "--", "sh", "-c", "echo ready; exec sleep 60"], {
      terminal: {
        data(_terminal, bytes) {
          shown += Buffer.from(bytes).toString();
          if (shown.includes("ready")) resolve();
        },
      },
    });
    await promise;
    child.terminal!.write("\u0003");
    expect(await child.exited).toBe(130);
    child.terminal!.close();
  },
);
