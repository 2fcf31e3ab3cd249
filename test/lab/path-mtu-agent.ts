// Runs in a host of a lab: finds out by UdpConn what the path to an echo at port 9 takes, beginning with a number of bytes: path-mtu-agent.ts HOST:PORT BYTES. Prints the sizes that were
// refused, and the one that came back.
import { dial, NetError } from "netwright/net";

const [address = "", begin = ""] = process.argv.slice(2);
await using conn = await dial("udp", address, { pathMtu: "refuse" });
const refused: number[] = [];
for (let size = Number(begin), back = 0; back === 0;) {
  try {
    await conn.send(new Uint8Array(size));
    const answer = await conn.recv({ timeoutMs: 10_000 });
    back = answer!.data.length;
    console.log(JSON.stringify({ refused, back }));
  } catch (error) {
    if (!(error instanceof NetError) || error.code !== "EMSGSIZE") throw error;
    refused.push(size);
    size = conn.pathMtu();
  }
}
