import type { Addr } from "../addr/index.ts";
import type { Ipv4 } from "./ipv4.ts";
import type { Ipv6 } from "./ipv6.ts";
import type { Tcp } from "./tcp.ts";
import type { Udp } from "./udp.ts";

/** Who talks with whom: protocol, addresses and, for TCP and UDP, ports. */
export class Flow {
  /** "tcp", "udp", or "ip" for anything else. */
  readonly protocol: "ip" | "tcp" | "udp";
  readonly source: Addr;
  /** 0 without ports. */
  readonly sourcePort: number;
  readonly destination: Addr;
  readonly destinationPort: number;

  constructor(
    protocol: "ip" | "tcp" | "udp",
    source: Addr,
    sourcePort: number,
    destination: Addr,
    destinationPort: number,
  ) {
    this.protocol = protocol;
    this.source = source;
    this.sourcePort = sourcePort;
    this.destination = destination;
    this.destinationPort = destinationPort;
  }

  static of(ip: Ipv4 | Ipv6, transport: Tcp | Udp | undefined): Flow {
    const { source, destination } = ip;
    if (transport === undefined) return new Flow("ip", source, 0, destination, 0);
    return new Flow(transport.kind, source, transport.sourcePort, destination, transport.destinationPort);
  }

  /** The same in the other direction. */
  reverse(): Flow {
    return new Flow(this.protocol, this.destination, this.destinationPort, this.source, this.sourcePort);
  }

  /** A text that is equal for both directions and for nothing else: the key of a conversation. */
  get key(): string {
    const order = this.source.compare(this.destination) || this.sourcePort - this.destinationPort;
    return (order <= 0 ? this : this.reverse()).toString();
  }

  toString(): string {
    const { protocol, source, sourcePort, destination, destinationPort } = this;
    if (protocol === "ip") return `ip ${source.toString()} > ${destination.toString()}`;
    return `${protocol} ${endText(source, sourcePort)} > ${endText(destination, destinationPort)}`;
  }
}

function endText(addr: Addr, port: number): string {
  return addr.version === 4 ? `${addr.toString()}:${port}` : `[${addr.toString()}]:${port}`;
}
