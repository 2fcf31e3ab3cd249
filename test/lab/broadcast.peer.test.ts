import { expect, test } from "bun:test";
import { join } from "node:path";
import { bus, Lab } from "../../src/lab/index.ts";
import { labs } from "./lab-peer.ts";
import { linesOf } from "./lines-of.ts";

const COMMAND: string = join(import.meta.dir, "../../bin/netwright");

test.skipIf(!labs.available)(
  `dial --broadcast hears all who echo, each from its own address, on sockets for one family and for both${labs.skipped}`,
  async () => {
    await using lab = await Lab.create(bus({ hosts: 4 }));
    const [asking, ...answering] = lab.hosts;
    for (const [i, host] of answering.entries()) {
      const address = i === 0 ? "udp4/0.0.0.0:5007" : "udp/[::]:5007";
      const echo = host.spawn([COMMAND, "echo", address], { stdio: ["ignore", "pipe", "inherit"] });
      expect(await linesOf(echo)()).toBe(`echoing on ${address}`);
    }
    const everybody = asking!.address4.toString().replace(/\d+$/, "255");
    const args = ["dial", "--broadcast", "--lines", "--verbose", "--hexdump", `udp/${everybody}:5007`];
    const dial = asking!.spawn([COMMAND, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    dial.stdin!.write("who is there?\n");
    const said = new Set<string>();
    let text = "";
    for await (const chunk of dial.stderr!) {
      text += String(chunk);
      for (const [, from] of text.matchAll(/bytes from (\S+):5007\n/g)) said.add(from!);
      if (said.size === answering.length) break;
    }
    expect(said).toEqual(new Set(answering.map(({ address4 }) => address4.toString())));
  },
);
