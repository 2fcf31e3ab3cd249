import type { Driver } from "./cable.ts";
import { Host } from "./host.ts";
import { KeeperProcess } from "./keeper-process.ts";
import { type Layout, layOut } from "./layout.ts";
import { labVariables } from "./lab-variables.ts";
import { Link } from "./link.ts";
import { cablesOf, planCable, planLab } from "./plan.ts";
import type { Topology } from "./topology.ts";

/** How a lab is made. */
export interface LabOptions {
  /** Of all chances: loss, duplication, reordering and jitter (default 1). */
  readonly seed?: number;
  /** What carries all links. Default: the kernel what it can, which without netem is only a rate; user space the rest. */
  readonly driver?: Driver;
}

/**
 * A network of hosts on this machine: namespaces with links between them. It needs Linux, iproute2 and util-linux, and root or the right to make user namespaces. Nothing of it is seen outside, and
 * nothing outlives this process, however that ends.
 *
 * @example
 * await using lab = await Lab.create(chain({ hops: 3, link: { delayMs: 10, lossPercent: 1 } }));
 * const { stdout } = await lab.host("a").run(["ping", "-c1", lab.host("b").address4.toString()]);
 */
export class Lab implements AsyncDisposable {
  readonly layout: Layout;
  readonly hosts: readonly Host[];
  readonly links: readonly Link[];
  private readonly keeper: KeeperProcess;

  private constructor(layout: Layout, hosts: readonly Host[], links: readonly Link[], keeper: KeeperProcess) {
    this.layout = layout;
    this.hosts = hosts;
    this.links = links;
    this.keeper = keeper;
  }

  /** Makes a lab. When it resolves, every host reaches every other, by IPv4 and by IPv6. Throws RangeError for a topology that can't be, LabError when this system does not let us. */
  static async create(topology: Topology, options: LabOptions = {}): Promise<Lab> {
    const layout = layOut(topology);
    const keeper = await KeeperProcess.start();
    try {
      return await Lab.build(layout, keeper, options);
    } catch (error) {
      await keeper.close();
      throw error;
    }
  }

  /** A host by its name. Throws RangeError when there is none. */
  host(name: string): Host {
    return this.hosts.find((host) => host.name === name) ?? missing("host", name, this.hosts);
  }

  /** A link by its name, such as "a-b" or "bus". Throws RangeError when there is none. */
  link(name: string): Link {
    return this.links.find((link) => link.name === name) ?? missing("link", name, this.links);
  }

  /** Ends everything in it. It may be called again. */
  async close(): Promise<void> {
    await this.keeper.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private static async build(layout: Layout, keeper: KeeperProcess, { seed = 1, driver }: LabOptions): Promise<Lab> {
    const hasNetem = driver !== "userspace" && (await keeper.ask({ ask: "netem" })).netem === true;
    const planned = layout.links.map((link) =>
      cablesOf(layout, link, seed).map((cable) => planCable(cable, { hasNetem, driver })),
    );
    const { networks = {} } = await keeper.ask({ ask: "steps", steps: planLab(layout, planned.flat()) });
    const variables = labVariables(layout, networks);
    const hosts = layout.hosts.map((host) => new Host(host, keeper, networks[host.name]!, variables));
    const context = { layout, keeper, seed, hasNetem };
    const links = layout.links.map((link, i) => new Link(link, planned[i]!, context));
    return new Lab(layout, hosts, links, keeper);
  }
}

function missing(kind: string, name: string, known: readonly { readonly name: string }[]): never {
  const names = known.map((one) => one.name).join(", ");
  throw new RangeError(`there is no ${kind} ${JSON.stringify(name)}; there are ${names}`);
}
