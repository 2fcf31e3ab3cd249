import { expect, test } from "bun:test";
import { useStage } from "./stage.ts";

const stage = useStage();

test.each([
  "tcping foo",
  "tcping 127.0.0.1:0",
  "tcping 127.0.0.1:nothing",
  "tcping unix//x",
  "tcping",
  "relay foo bar",
  "relay --idle x 127.0.0.1:0 127.0.0.1:1",
  "relay --engine x 127.0.0.1:0 127.0.0.1:1",
  "relay unixgram//x 127.0.0.1:1",
  "relay udp/127.0.0.1:0 127.0.0.1:1",
  "speed foo:bar",
  "speed -R -b foo",
  "speed -u -l 70000 foo",
  "speed serve foo:bar",
  "lab run chian",
  "lab run chain --hops x",
  "lab run chain --hops 0",
  "lab run chain --loss 150%",
  "lab run chain --loss much",
  "lab run chain --link 9:mtu=1280",
  "lab run chain --host zz -- true",
  "lab run chain --on zz:true -- true",
  "lab run chain --seed x -- true",
  "lab show chian",
  "sockets --state closed_wait",
  "sockets --json --state LISTEN nothing",
  "unix-auth 4294967296",
  "unix-auth -1",
  "unix-auth -- -1",
  "run --listen foo:bar:baz",
  "file-server --listen foo:bar:baz",
  "reverse-proxy --to http://a:b:c",
  "reverse-proxy --to :9000 --header-up x",
  "respond --header x",
  "respond --status 9999",
  "dial foo",
  "dial foo/bar:1",
  "dial --ttl 0 127.0.0.1:1",
  "listen foo",
  "echo udp/",
  "ip 10.0.0.256",
  "sockets --port 70000",
  "nonsense",
])("a wrong command line is told, and exit code 2: %s", async (line) => {
  const tool = stage.start(line.split(" "));
  expect([await tool.exited, tool.stdout]).toEqual([2, ""]);
  expect(tool.stderr).toStartWith("netwright: ");
});

test.each([
  ["127.0.0.1:1 --tap /nowhere/at/all.pcapng", "netwright: cannot write a capture to /nowhere/at/all.pcapng: "],
  ["nowhere.invalid:80", "netwright: dial tcp nowhere.invalid:80: no such host (ENOTFOUND)"],
])("a right one that cannot be done ends with exit code 1: dial %s", async (line, message) => {
  const tool = stage.start(["dial", ...line.split(" ")]);
  expect(await tool.exited).toBe(1);
  expect(tool.stderr).toStartWith(message);
});
