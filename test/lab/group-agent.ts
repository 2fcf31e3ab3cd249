// Runs in a host of a lab: prints what it hears on UDP port 7, and does what stdin says, a line each: join GROUP, leave GROUP, send GROUP TEXT.
import { AddrPort } from "netwright/addr";
import { listen } from "netwright/net";

const udp = await listen("udp", "[::]:7", { multicast: { interface: "eth0" } });
udp.attach({
  packet: ({ data, from }) => console.log(`heard ${Buffer.from(data).toString()} from ${addressOf(String(from))}`),
  drain: () => undefined,
  error: (error) => console.log(error.message),
  close: () => undefined,
  timeout: () => undefined,
});
console.log("ready");

for await (const line of console) {
  const [what, group = "", text = ""] = line.split(" ");
  if (what === "join") udp.join(group, { interface: "eth0" });
  else if (what === "leave") udp.leave(group, { interface: "eth0" });
  else udp.trySend(Buffer.from(text), AddrPort.parse(`${group.includes(":") ? `[${group}]` : group}:7`));
  console.log("done");
}
process.exit(0);

function addressOf(endpoint: string): string {
  return AddrPort.parse(endpoint).addr.toString();
}
