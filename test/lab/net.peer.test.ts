import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { bus, chain, type Host, Lab, type LabProcess, pointToPoint } from "../../src/lab/index.ts";
import { peer } from "../peers.ts";
import { labs } from "./lab-peer.ts";
import { linesOf } from "./lines-of.ts";

const python = peer("python3");
const skipped = !labs.available || !python.available;
const why = `${labs.skipped}${python.skipped}`;

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A process that answers lines with lines. */
class Agent {
  readonly next: () => Promise<string>;
  private readonly process: LabProcess;

  constructor(host: Host, name: string, ...args: readonly string[]) {
    this.process = host.spawn([process.execPath, script(name), ...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.next = linesOf(this.process);
  }

  async ask(line: string): Promise<string> {
    this.process.stdin!.write(`${line}\n`);
    return this.next();
  }
}

async function startEcho(host: Host, name: string): Promise<void> {
  const echo = host.spawn(["python3", script(name)], { stdio: ["ignore", "pipe", "inherit"] });
  expect(await linesOf(echo)()).toBe("listening");
}

describe("multicast", () => {
  test.skipIf(skipped).each(["239.1.2.3", "ff15::1:2"])(
    `reaches the members of %s on a segment, and nobody else${why}`,
    async (group) => {
      await using lab = await Lab.create(bus({ hosts: 4 }));
      const [a, b, c, d] = lab.hosts.map((host) => new Agent(host, "group-agent.ts"));
      for (const agent of [a!, b!, c!, d!]) expect(await agent.next()).toBe("ready");
      for (const agent of [b!, c!]) expect(await agent.ask(`join ${group}`)).toBe("done");
      const sender = lab.host("a");
      const from = group.includes(":") ? sender.address6 : sender.address4;
      expect(await a!.ask(`send ${group} one`)).toBe("done");
      for (const agent of [b!, c!]) expect(await agent.next()).toBe(`heard one from ${String(from)}`);
      expect(await c!.ask(`leave ${group}`)).toBe("done");
      expect(await a!.ask(`send ${group} two`)).toBe("done");
      expect(await b!.next()).toBe(`heard two from ${String(from)}`);
      // What c and d hear next is for them alone: neither has heard what was sent before it.
      for (const [agent, host] of [
        [c!, lab.host("c")],
        [d!, lab.host("d")],
      ] as const) {
        expect(await a!.ask(`send ${String(group.includes(":") ? host.address6 : host.address4)} three`)).toBe("done");
        expect(await agent.next()).toBe(`heard three from ${String(from)}`);
      }
    },
  );
});

describe("TCP between link-local addresses", () => {
  test.skipIf(skipped)(`knows the zones of both ends, and dials what it was dialled from${why}`, async () => {
    await using lab = await Lab.create(pointToPoint());
    const answerer = new Agent(lab.host("b"), "zone-agent.ts", "answer");
    const target = await answerer.next();
    const { stdout } = await lab.host("a").run([process.execPath, script("zone-agent.ts"), "ask", target]);
    const [own, answererLocal, answererRemote] = stdout.trim().split(" ");
    expect(own).toMatch(/^\[fe80:[\da-f:]+%\d+\]:\d+$/);
    // Interfaces are numbered by each host.
    const withoutZone = (endpoint: string | undefined): string => endpoint?.replace(/%\w+/, "") ?? "";
    expect(answererLocal).toMatch(/%\d+\]/);
    expect(withoutZone(answererLocal)).toBe(withoutZone(target));
    expect(answererRemote).toMatch(/%\d+\]/);
    expect(withoutZone(answererRemote)).toBe(withoutZone(own));
  });
});

describe("UdpConn", () => {
  test.skipIf(skipped)(`learns the path's MTU from the routers on its way${why}`, async () => {
    const links = [{ mtu: 1500 }, { mtu: 1450 }, { mtu: 1400 }, { mtu: 1300 }];
    await using lab = await Lab.create(chain({ hops: 4, links }));
    const b = lab.host("b");
    await startEcho(b, "round-trips.py");
    for (const [address, headers] of [
      [`${String(b.address4)}:9`, 28],
      [`[${String(b.address6)}]:9`, 48],
    ] as const) {
      const { stdout } = await lab.host("a").run([process.execPath, script("path-mtu-agent.ts"), address, "1440"]);
      expect(JSON.parse(stdout)).toEqual({ refused: [1440, 1450 - headers, 1400 - headers], back: 1300 - headers });
    }
  });
});

describe("a peer that vanishes without FIN", () => {
  test.skipIf(skipped).each([
    ["idle", "read ETIMEDOUT", "keep-alive"],
    ["busy", "read ETIMEDOUT", "the limit for what stays unacknowledged"],
  ])(
    `ends a connection that is %s with %s, by %s${why}`,
    async (how, expected) => {
      await using lab = await Lab.create(pointToPoint({ link: { delayMs: 1 } }));
      await startEcho(lab.host("b"), "stream-echo.py");
      const agent = new Agent(lab.host("a"), "vanish-agent.ts", `${String(lab.host("b").address4)}:7`, how);
      expect(await agent.next()).toBe("connected");
      await lab.link("a-b").down();
      expect(await agent.ask("go")).toBe(expected);
    },
    30_000,
  );
});
