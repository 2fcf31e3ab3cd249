// A chat without a server: everybody on the network who joined the group hears what is typed. Run it in several terminals or machines: bun examples/multicast-chat/main.ts [NAME] [INTERFACE]
import { userInfo } from "node:os";
import { type Addr, AddrPort } from "netwright/addr";
import { listen, type UdpConn } from "netwright/net";

/** A group of the organization's own (RFC 2365), and a port of nobody's. */
export const GROUP: AddrPort = AddrPort.parse("239.255.78.87:49187");

/** One who takes part. */
export interface Member {
  say(words: string): Promise<void>;
  leave(): Promise<void>;
}

/** Who takes part, and where. */
export interface Membership {
  readonly name: string;
  /** Default: as the routes say. */
  readonly interface?: string;
  readonly group?: AddrPort;
  /** Called for what anybody says, oneself too. */
  readonly heard: (name: string, words: string) => void;
}

/** Joins the chat. Several members on one machine share the port. */
export async function join({ group = GROUP, heard, interface: through, name }: Membership): Promise<Member> {
  const conn = await listen("udp4", `0.0.0.0:${group.port}`, {
    reuseAddress: true,
    // A packet stays on this network: it passes no router.
    multicast: { ttl: 1, loop: true, interface: through },
  });
  conn.join(group.addr, { interface: through });
  void hear(conn, group.addr, heard);
  return {
    say: async (words) => conn.send(new TextEncoder().encode(`${name}\0${words}`), group),
    leave: async () => conn.close(),
  };
}

async function hear(conn: UdpConn, group: Addr, heard: Membership["heard"]): Promise<void> {
  for await (const { data, to } of conn) {
    // What was sent to this machine alone is not for the group.
    if (!(to instanceof AddrPort) || !to.addr.equals(group)) continue;
    const [name = "", words] = new TextDecoder().decode(data).split("\0");
    if (words !== undefined) heard(name, words);
  }
}

if (import.meta.main) {
  const [, , name = userInfo().username, through] = process.argv;
  const heard = (who: string, words: string): void => console.log(`${who}: ${words}`);
  const member = await join({ name, heard, ...(through === undefined ? {} : { interface: through }) });
  for await (const line of console) await member.say(line);
  await member.leave();
}
