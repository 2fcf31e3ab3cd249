// Runs in a host of a lab: TCP between link-local addresses. "zone-agent.ts answer" prints where it listens and tells each peer how it sees the connection, over one that it dials back to the port
// that the peer names; "zone-agent.ts ask [ADDRESS%ZONE]:PORT" prints how both see it.
import { networkInterfaces } from "node:os";
import { AddrPort } from "netwright/addr";
import { type Conn, dial, listen } from "netwright/net";

const [role = "", target = ""] = process.argv.slice(2);
const listener = await listen("tcp", ":0");
const { port } = listener.local as AddrPort;

async function textOf(conn: Conn): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of conn) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function send(conn: Conn, text: string): Promise<void> {
  await conn.write(Buffer.from(text));
  await conn.closeWrite();
}

if (role === "answer") {
  const own = networkInterfaces()["eth0"]?.find(({ address }) => address.startsWith("fe80:"));
  console.log(`[${own?.address ?? ""}%eth0]:${port}`);
  for await (const conn of listener) {
    const asker = conn.remote as AddrPort;
    const back = await dial("tcp", String(new AddrPort(asker.addr, Number(await textOf(conn)))));
    await send(back, `${String(conn.local)} ${String(conn.remote)}`);
    await conn.close();
    await back.close();
  }
} else {
  const conn = await dial("tcp", target);
  await send(conn, String(port));
  const back = await listener.accept();
  console.log(`${String(conn.local)} ${await textOf(back!)}`);
  await conn.close();
  await back!.close();
  await listener.close();
}
