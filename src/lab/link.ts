import { driverFor, makeCable, removeCable, shapeVeth } from "./cable.ts";
import type { KeeperProcess } from "./keeper-process.ts";
import { LabError } from "./lab-error.ts";
import type { Layout, LinkLayout } from "./layout.ts";
import type { WayCounters } from "./link-machine.ts";
import { cablesOf, type PlannedCable, plug, readdress } from "./plan.ts";
import type { Step } from "./step.ts";
import type { LinkOptions } from "./way.ts";

/** What a link needs of its lab. */
export interface LinkContext {
  readonly layout: Layout;
  readonly keeper: KeeperProcess;
  readonly seed: number;
  readonly hasNetem: boolean;
}

/** A link of a lab. */
export class Link {
  readonly name: string;
  private readonly link: LinkLayout;
  private readonly context: LinkContext;
  private cables: readonly PlannedCable[];
  private current: LinkOptions;
  private isUp = true;

  constructor(link: LinkLayout, cables: readonly PlannedCable[], context: LinkContext) {
    this.name = link.name;
    this.link = link;
    this.cables = cables;
    this.context = context;
    this.current = link.options;
  }

  /** What it is now. */
  get options(): LinkOptions {
    return this.current;
  }

  /**
   * Changes what is given, and leaves the rest. Frames under way arrive as they were to, unless the link can only now no longer be carried by the kernel: then its devices are made anew, which takes some
   * milliseconds and loses what was under way; connections live on. The MTU can't be changed: throws RangeError.
   */
  async set(options: Omit<LinkOptions, "mtu">): Promise<void> {
    const next = { ...this.current, ...options };
    const cables = cablesOf(this.context.layout, this.link, this.context.seed, next).map((cable, i) => {
      const { driver } = this.cables[i]!;
      const needed = driver === "kernel" ? driverFor(cable, this.context.hasNetem) : driver;
      return { cable, driver: needed };
    });
    if (!this.isUp) throw new LabError(`link ${this.name} is down: let it up before it is changed`);
    await this.do(cables.flatMap((cable, i) => this.change(this.cables[i]!, cable)));
    this.cables = cables;
    this.current = next;
  }

  /** Lets the link lose everything, what is under way too. Neither end is told: it is as if the cable were cut behind a switch. With the kernel's links it needs nftables. */
  async down(): Promise<void> {
    if (!this.isUp) return;
    await this.do(
      this.cables.flatMap(({ cable, driver }) => (driver === "kernel" ? cable.ends.map(cut) : up(cable.name, false))),
    );
    this.isUp = false;
  }

  /** Lets it carry again. */
  async up(): Promise<void> {
    if (this.isUp) return;
    await this.do(
      this.cables.flatMap(({ cable, driver }) => (driver === "kernel" ? cable.ends.map(mend) : up(cable.name, true))),
    );
    this.isUp = true;
  }

  /**
   * What has happened on it, forth and back; of a segment, from and to the first host. Only of links in user space, the kernel's have none: throws LabError.
   */
  async counters(): Promise<{ readonly forth: WayCounters; readonly back: WayCounters }> {
    const [first] = this.cables;
    if (first?.driver !== "userspace") throw new LabError(`link ${this.name} is the kernel's, and has no counters`);
    const { counters } = await this.context.keeper.ask({ ask: "counters", cable: first.cable.name });
    return { forth: counters![0], back: counters![1] };
  }

  private change(before: PlannedCable, { cable, driver }: PlannedCable): Step[] {
    if (driver === "kernel") return shapeVeth(cable);
    if (before.driver === "userspace") return [{ do: "set", cable: cable.name, forth: cable.forth, back: cable.back }];
    const hosts = new Set(cable.ends.map((end) => end.network));
    return [removeCable(cable), ...makeCable(cable, driver), ...plug(cable), ...readdress(this.context.layout, hosts)];
  }

  private async do(steps: readonly Step[]): Promise<void> {
    await this.context.keeper.ask({ ask: "steps", steps });
  }
}

function up(cable: string, isUp: boolean): Step {
  return { do: "up", cable, up: isUp };
}

/** Drops what arrives: dropped where it is sent, TCP would be told. */
function cut({ network, device }: { readonly network: string; readonly device: string }): Step {
  const script = `table netdev lab_${device} {
  chain cut {
    type filter hook ingress device ${device} priority -500; policy drop;
  }
}`;
  return { do: "nft", network, script };
}

function mend({ network, device }: { readonly network: string; readonly device: string }): Step {
  return { do: "nft", network, script: `delete table netdev lab_${device}` };
}
