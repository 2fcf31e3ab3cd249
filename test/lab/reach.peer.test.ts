import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import {
  bus,
  chain,
  type Host,
  Lab,
  type LabProcess,
  mesh,
  pointToPoint,
  ring,
  star,
  type Topology,
} from "../../src/lab/index.ts";
import { labs } from "./lab-peer.ts";
import { linesOf } from "./lines-of.ts";

const AGENT: string = fileURLToPath(new URL("reach-agent.ts", import.meta.url));

interface Agent {
  readonly host: Host;
  readonly process: LabProcess;
  readonly next: () => Promise<string>;
}

async function startAgent(host: Host): Promise<Agent> {
  const process_ = host.spawn([process.execPath, AGENT], { stdio: ["pipe", "pipe", "inherit"] });
  const next = linesOf(process_);
  expect(await next()).toBe("listening");
  return { host, process: process_, next };
}

/** Every address of a host, of both families: its own and those of its ports. */
function addressesOf(host: Host): string[] {
  const ports = host.ports.flatMap((port) => [port.address4, port.address6]);
  return [...new Set([host.address4.toString(), host.address6.toString(), ...ports])];
}

const TOPOLOGIES: readonly Topology[] = [pointToPoint(), bus(), star(), ring(), mesh(), chain({ hops: 4 })];
const DRIVERS = ["kernel", "userspace"] as const;

describe("Lab.create", () => {
  const cases = TOPOLOGIES.flatMap((topology) => DRIVERS.map((driver) => [topology.name, driver, topology] as const));
  test.skipIf(!labs.available).each(cases)(
    `makes a %s with links of the %s in which every host reaches every address of every other${labs.skipped}`,
    async (_name, driver, topology) => {
      await using lab = await Lab.create(topology, { driver });
      const agents = await Promise.all(lab.hosts.map(startAgent));
      for (const agent of agents) {
        const others = lab.hosts.filter((host) => host !== agent.host);
        const asked = others.flatMap((host) => addressesOf(host).map((address) => ({ address, name: host.name })));
        agent.process.stdin!.write(`${asked.map(({ address }) => address).join(" ")}\n`);
        expect(await agent.next()).toBe(asked.map(({ name }) => name).join(" "));
      }
    },
    30_000,
  );
});
