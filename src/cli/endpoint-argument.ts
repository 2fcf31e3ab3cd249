import type { StreamNetwork, UdpNetwork, UnixPacketNetwork } from "../net/index.ts";
import { Misuse } from "./misuse.ts";

/** What an address argument of a command may name. */
export type ArgumentNetwork = StreamNetwork | UdpNetwork | UnixPacketNetwork;

/** An address as it stands on the command line: "host:port", or with its network before it, "udp/host:port", "unix//run/app.sock", "unixgram/@abstract". */
export interface EndpointArgument<Network extends ArgumentNetwork = ArgumentNetwork> {
  readonly network: Network;
  readonly address: string;
}

/** All that there are. */
export const ARGUMENT_NETWORKS: readonly ArgumentNetwork[] = [
  "tcp",
  "tcp4",
  "tcp6",
  "udp",
  "udp4",
  "udp6",
  "unix",
  "unixgram",
  "unixpacket",
];

/** Reads an address argument of one of the networks; "tcp" where it names none. Throws a Misuse that names the argument. */
export function parseEndpointArgument<Network extends ArgumentNetwork>(
  text: string,
  argument: string,
  networks: readonly Network[],
): EndpointArgument<Network> {
  const slash = text.indexOf("/");
  const named = slash === -1 ? "tcp" : text.slice(0, slash);
  const address = text.slice(slash + 1);
  const network = networks.find((known) => known === named);
  if (network === undefined) {
    const what = ARGUMENT_NETWORKS.some((known) => known === named) ? "cannot be had here" : "is no network";
    const where = `${argument}: ${JSON.stringify(named)} in ${JSON.stringify(text)}`;
    throw new Misuse(`${where} ${what}; there are ${networks.join(", ")}`);
  }
  if (address === "") throw new Misuse(`${argument}: ${JSON.stringify(text)} has no address`);
  return { network, address };
}

/** The argument as it is shown. */
export function formatEndpoint({ network, address }: EndpointArgument): string {
  return network === "tcp" ? address : `${network}/${address}`;
}
