// Runs in a host of a lab: accepts TCP connections on port 7, each of which gets the host's name, and reports whom it reached of the addresses in its arguments.
import { type Conn, dial, listen } from "netwright/net";

const PORT = 7;
await using listener = await listen("tcp", `[::]:${PORT}`);
listener.serve((conn) => void sayName(conn));
console.log("listening");

for await (const line of console) {
  const reached: string[] = [];
  for (const address of line.split(" ")) reached.push(await nameAt(address));
  console.log(reached.join(" "));
}
process.exit(0);

async function sayName(conn: Conn): Promise<void> {
  await conn.write(Buffer.from(process.env["LAB_HOST"]!));
  await conn.close();
}

async function nameAt(address: string): Promise<string> {
  try {
    await using conn = await dial("tcp", address.includes(":") ? `[${address}]:${PORT}` : `${address}:${PORT}`, {
      timeoutMs: 10_000,
    });
    let name = "";
    for await (const chunk of conn) name += Buffer.from(chunk).toString();
    return name;
  } catch (error) {
    return String(error instanceof Error && "code" in error ? error.code : error);
  }
}
