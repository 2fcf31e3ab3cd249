import { afterEach, expect, test } from "bun:test";
import { type Conn, dial, listen } from "../../src/net/index.ts";
import { peer } from "../peers.ts";
import { until } from "./processes.ts";
import { LAUNCHER, ServerProcess } from "./server-process.ts";

const python = peer("python3");

/** Runs a command to which io_uring_setup (425) is forbidden with EPERM, as in many containers: a seccomp filter of four instructions. */
const FORBID = `
import ctypes, os, struct, sys
step = lambda code, yes, no, value: struct.pack("HBBI", code, yes, no, value)
code = ctypes.create_string_buffer(step(0x20, 0, 0, 0) + step(0x15, 0, 1, 425) + step(0x06, 0, 0, 0x00050001) + step(0x06, 0, 0, 0x7fff0000))
program = struct.pack("HxxxxxxP", 4, ctypes.addressof(code))
libc = ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0: sys.exit("no filter could be set")
os.execv(sys.argv[1], sys.argv[1:])
`;

let server: ServerProcess | undefined;
afterEach(async () => {
  server?.kill("SIGKILL");
  await server?.exited;
  server = undefined;
});

function forbidden(...args: string[]): ServerProcess {
  server = new ServerProcess(["-c", FORBID, LAUNCHER, "relay", ...args], { launcher: python.path });
  return server;
}

test.skipIf(!python.available)(
  `netwright relay works where io_uring is forbidden, and says so when it must have it${python.skipped}`,
  async () => {
    await using target = await listen("tcp", "127.0.0.1:0");
    target.serve((conn: Conn) => {
      void conn.write(new TextEncoder().encode("hello")).then(async () => conn.close());
    });
    const started = forbidden("127.0.0.1:0", String(target.local));
    await until(() => /^relaying .*\n/.test(started.stdout), "it relays");
    const client = await dial("tcp", /^relaying (\S+) to/.exec(started.stdout)![1]!);
    expect(Buffer.concat(await Array.fromAsync(client)).toString()).toBe("hello");
    await client.close();
    started.kill("SIGKILL");
    await started.exited;
    const refused = forbidden("--engine", "io_uring", "127.0.0.1:0", String(target.local));
    expect(await refused.exited).toBe(1);
    expect(refused.stderr).toContain("io_uring is not to be had here");
  },
);
