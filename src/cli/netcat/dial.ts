import { ARGUMENT_NETWORKS, type EndpointArgument, parseEndpointArgument } from "../endpoint-argument.ts";
import { dialPackets } from "./dial-packets.ts";
import { dialStream } from "./dial-stream.ts";
import { checkFlags, type DialFlags, isStream } from "./netcat-flags.ts";
import { runTool } from "./run-tool.ts";

/** `netwright dial ADDRESS`: joins a peer with stdin and stdout. */
export async function dialCommand(text: string, flags: DialFlags): Promise<void> {
  await runTool(async (stop) => {
    const { address, network } = parseAddress(text);
    checkFlags(network, flags);
    return isStream(network) ? dialStream(network, address, flags, stop) : dialPackets(network, address, flags, stop);
  });
}

/** The address of a command, of any network. Throws Misuse. */
export function parseAddress(text: string): EndpointArgument {
  return parseEndpointArgument(text, "ADDRESS", ARGUMENT_NETWORKS);
}
