import { join } from "node:path";
import { type Conn, dial, listen, type PacketConn } from "../../src/net/index.ts";

/** A kind of socket whose round trips are measured: streams, or packets. */
export type RoundTripPair =
  | { readonly streams: true; readonly client: Conn; readonly server: Conn }
  | { readonly streams: false; readonly client: PacketConn; readonly server: PacketConn };

/** How the two ends of each kind are made, in one process as in the Go program beside it. `directory`: for sockets in the file system. */
export const ROUND_TRIP_KINDS: Readonly<Record<string, (directory: string) => Promise<RoundTripPair>>> = {
  unix: async (directory) => streams("unix", join(directory, "server")),
  unixpacket: async (directory) => {
    const listener = await listen("unixpacket", join(directory, "server"));
    const accepting = listener.accept();
    const client = await dial("unixpacket", join(directory, "server"));
    return { streams: false, client, server: (await accepting)! };
  },
  udp: async () => {
    const server = await listen("udp", "127.0.0.1:0");
    return { streams: false, client: await dial("udp", server.local.toString()), server };
  },
  unixgram: async (directory) => {
    const server = await listen("unixgram", join(directory, "server"));
    const client = await dial("unixgram", join(directory, "server"), { localAddress: join(directory, "client") });
    return { streams: false, client, server };
  },
  tcp: async () => streams("tcp", "127.0.0.1:0"),
};

async function streams(network: "tcp" | "unix", address: string): Promise<RoundTripPair> {
  const listener = await listen(network, address);
  const accepting = listener.accept();
  const client = await dial(network, listener.local.toString());
  return { streams: true, client, server: (await accepting)! };
}
