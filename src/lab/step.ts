import type { WayCounters } from "./link-machine.ts";
import type { Way } from "./way.ts";

/** Something that the keeper does. The parts of a lab are planned as lists of these, and done in order. */
export type Step =
  /** Makes a network. */
  | { readonly do: "network"; readonly name: string }
  /** Sets values below /proc/sys of a network; what this kernel does not have is passed over. */
  | { readonly do: "sysctl"; readonly network: string; readonly values: Readonly<Record<string, string>> }
  /** Runs lines of `ip` or `tc` in a network. `{name}` stands for the path of the network of that name. */
  | { readonly do: "ip" | "tc"; readonly network: string; readonly lines: readonly string[] }
  /** Runs a script of nftables in a network. */
  | { readonly do: "nft"; readonly network: string; readonly script: string }
  /** Makes a TAP device whose other end the keeper holds. */
  | { readonly do: "tap"; readonly network: string; readonly device: string }
  /** Carries frames between two TAP devices. */
  | {
      readonly do: "carry";
      readonly cable: string;
      readonly ends: readonly [TapName, TapName];
      readonly forth: Way;
      readonly back: Way;
      readonly mtu: number;
      readonly seed: number;
    }
  /** Gives the ways of a carried cable other values. */
  | { readonly do: "set"; readonly cable: string; readonly forth: Way; readonly back: Way }
  /** Lets a carried cable lose everything, or no longer. */
  | { readonly do: "up"; readonly cable: string; readonly up: boolean }
  /** Names addresses in the lab's own /etc/hosts. */
  | { readonly do: "names"; readonly text: string };

/** A TAP device of the keeper. */
export interface TapName {
  readonly network: string;
  readonly device: string;
}

/** What the keeper is asked. */
export type Request =
  | { readonly ask: "steps"; readonly steps: readonly Step[] }
  /** Whether the kernel has netem, which delays and loses packets by itself. */
  | { readonly ask: "netem" }
  /** The counters of a carried cable, forth and back. */
  | { readonly ask: "counters"; readonly cable: string };

/** What it answers. A failed step leaves those before it done. */
export interface Answer {
  readonly error?: string;
  /** The descriptors that hold the networks, by their names. */
  readonly networks?: Readonly<Record<string, number>>;
  readonly netem?: boolean;
  readonly counters?: readonly [WayCounters, WayCounters];
}
