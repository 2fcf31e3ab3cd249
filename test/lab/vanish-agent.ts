// Runs in a host of a lab: connects to an echo at port 7 and waits for what becomes of the connection: vanish-agent.ts HOST:PORT idle|busy. "idle" has probes of an idle peer, "busy" writes
// and has a limit for what stays unacknowledged.
import { dial, NetError } from "netwright/net";

const [address = "", how = ""] = process.argv.slice(2);
const options =
  how === "idle"
    ? { keepAlive: { idleMs: 1000, intervalMs: 1000, count: 2 } }
    : { keepAlive: false, userTimeoutMs: 1500 };
const conn = await dial("tcp", address, options);
await conn.write(Buffer.from("?"));
await conn.read();
console.log("connected");
for await (const line of console) {
  if (line !== "go") continue;
  try {
    if (how === "busy") await conn.write(Buffer.from("lost"));
    const chunk = await conn.read({ timeoutMs: 30_000 });
    console.log(chunk === null ? "end" : `${chunk.length} bytes`);
  } catch (error) {
    console.log(error instanceof NetError ? `${error.op} ${error.code} ${error.limit ?? ""}`.trim() : String(error));
  }
}
