import type { ParseError } from "../bytes/index.ts";
import type { Arp } from "./arp.ts";
import type { Ethernet, VlanTag } from "./ethernet.ts";
import { Flow } from "./flow.ts";
import type { Icmp } from "./icmp.ts";
import type { Ipv4 } from "./ipv4.ts";
import type { Ipv6 } from "./ipv6.ts";
import type { Ipv6Extension, Ipv6Fragment } from "./ipv6-extension.ts";
import type { LinuxCooked } from "./linux-cooked.ts";
import type { Tcp } from "./tcp.ts";
import type { Udp } from "./udp.ts";

/** Any layer that is decoded here; `kind` tells which. */
export type AnyLayer =
  | Arp
  | Ethernet
  | Icmp
  | Ipv4
  | Ipv6
  | Ipv6Extension
  | Ipv6Fragment
  | LinuxCooked
  | Tcp
  | Udp
  | VlanTag;

type LayerOf<Kind extends AnyLayer["kind"]> = Extract<AnyLayer, { readonly kind: Kind }>;

/** A decoded packet: its layers from the outside in, and what the last one carries. */
export class Packet {
  /** As captured; borrowed. */
  readonly bytes: Uint8Array;
  /** Its length on the wire. */
  readonly wireLength: number;
  readonly layers: readonly AnyLayer[];
  /** Whether the capture was cut before the last layer ended. */
  readonly truncated: boolean;
  /** Why decoding stopped, when the packet is wrong. */
  readonly error: ParseError | undefined;

  constructor(
    bytes: Uint8Array,
    wireLength: number,
    layers: readonly AnyLayer[],
    truncated: boolean,
    error: ParseError | undefined,
  ) {
    this.bytes = bytes;
    this.wireLength = wireLength;
    this.layers = layers;
    this.truncated = truncated;
    this.error = error;
  }

  /** What the last layer carries, as far as it was captured; all of the packet when there is no layer. Borrowed. */
  get payload(): Uint8Array {
    return this.layers.at(-1)?.payload ?? this.bytes;
  }

  get ethernet(): Ethernet | undefined {
    return this.find("ethernet");
  }

  get arp(): Arp | undefined {
    return this.find("arp");
  }

  /** The innermost layer of IP. */
  get ip(): Ipv4 | Ipv6 | undefined {
    return this.layers.findLast((layer) => layer.kind === "ipv4" || layer.kind === "ipv6");
  }

  get icmp(): Icmp | undefined {
    return this.layers.find((layer): layer is Icmp => layer.kind === "icmp" || layer.kind === "icmpv6");
  }

  get udp(): Udp | undefined {
    return this.find("udp");
  }

  get tcp(): Tcp | undefined {
    return this.find("tcp");
  }

  /** Who talks with whom; undefined without IP. */
  get flow(): Flow | undefined {
    const { ip } = this;
    return ip === undefined ? undefined : Flow.of(ip, this.tcp ?? this.udp);
  }

  private find<Kind extends "arp" | "ethernet" | "tcp" | "udp">(kind: Kind): LayerOf<Kind> | undefined {
    return this.layers.find((layer): layer is LayerOf<Kind> => layer.kind === kind);
  }
}
