import type { StreamNetwork, UdpNetwork } from "../net/index.ts";

/** What an address argument of a command may name. */
export type ArgumentNetwork = StreamNetwork | UdpNetwork;

/** An address as it stands on the command line: "host:port", or with its network before it, "udp/host:port", "unix//run/app.sock", "unix/@abstract". */
export interface EndpointArgument {
  readonly network: ArgumentNetwork;
  readonly address: string;
}

const NETWORKS: ReadonlySet<string> = new Set<ArgumentNetwork>([
  "tcp",
  "tcp4",
  "tcp6",
  "udp",
  "udp4",
  "udp6",
  "unix",
] as const);

/** Reads an address argument; "tcp" where it names no network. Throws an Error that names the argument. */
export function parseEndpointArgument(text: string, argument: string): EndpointArgument {
  const slash = text.indexOf("/");
  const network = slash === -1 ? "tcp" : text.slice(0, slash);
  const address = text.slice(slash + 1);
  if (!NETWORKS.has(network)) {
    const known = [...NETWORKS].join(", ");
    throw new Error(
      `${argument}: ${JSON.stringify(network)} in ${JSON.stringify(text)} is no network; there are ${known}`,
    );
  }
  if (address === "") throw new Error(`${argument}: ${JSON.stringify(text)} has no address`);
  return { network: network as ArgumentNetwork, address };
}

/** The argument as it is shown. */
export function formatEndpoint({ network, address }: EndpointArgument): string {
  return network === "tcp" ? address : `${network}/${address}`;
}
