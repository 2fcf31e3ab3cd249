import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { peer } from "../peers.ts";

const unshare = peer("unshare");
const ip = peer("ip");
const PROCESS: string = fileURLToPath(new URL("fast-open-process.ts", import.meta.url));
/** A network of its own in which both sides of Fast Open are allowed. */
const SCRIPT = `"${ip.path}" link set lo up && echo 3 > /proc/sys/net/ipv4/tcp_fastopen && exec "$0" "$1"`;

describe.skipIf(!unshare.available || !ip.available)(`TCP Fast Open${unshare.skipped}${ip.skipped}`, () => {
  test("carries the first bytes with the SYN as soon as the server is known", async () => {
    const user = process.getuid?.() === 0 ? [] : ["-r"];
    const child = Bun.spawn([unshare.path, ...user, "-n", "sh", "-c", SCRIPT, process.execPath, PROCESS], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = (await child.stdout.text()).trim().split("\n");
    expect(await child.exited).toBe(0);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      ["ESTABLISHED", false, "word", "answer"],
      ["SYN_SENT", true, "word", "answer"],
      ["SYN_SENT", true, "word", "answer"],
    ]);
  });
});
