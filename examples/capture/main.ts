// Captures HTTP over a Unix socket into a pcapng file, which Wireshark opens as HTTP, and lists its packets.
// Run it: bun examples/capture/main.ts [FILE.pcapng]
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "netwright/http/server";
import { dial, listen } from "netwright/net";
import { decodePacket, PcapngReader, verifyChecksums } from "netwright/packet";
import { PcapngCapture } from "netwright/stream";

/** Asks for a path, with everything that passes written to the file; returns the whole answer. */
export async function askCaptured(socket: string, path: string, file: string): Promise<string> {
  await using capture = await PcapngCapture.toFile(file);
  await using conn = capture.tap(await dial("unix", socket));
  await conn.write(new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
  return Buffer.concat(await Array.fromAsync(conn)).toString();
}

/** A line for each packet of a capture file: direction, flow, flags, length. Throws ParseError when it is none. */
export async function packetLines(file: string): Promise<readonly string[]> {
  const reader = new PcapngReader();
  const blocks = reader.push(await readFile(file));
  reader.end();
  return blocks.flatMap((block) => {
    if (block.kind !== "packet") return [];
    const packet = decodePacket(block.data, block.interface.linkType, { wireLength: block.wireLength });
    const { tcp, flow, payload } = packet;
    const flags = (["SYN", "FIN", "RST", "PSH", "ACK"] as const).filter((flag) => tcp?.has(flag) === true).join(" ");
    const wrong = packet.error !== undefined || verifyChecksums(packet).length > 0;
    return [`${String(flow)} [${flags}] ${payload.length} bytes${wrong ? ", wrong" : ""}`];
  });
}

if (import.meta.main) {
  const dir = await mkdtemp(join(tmpdir(), "netwright-capture-"));
  const file = process.argv[2] ?? join(dir, "capture.pcapng");
  const socket = join(dir, "http.sock");
  const server = serve(await listen("unix", socket), () => new Response("hello from a Unix socket\n"));
  console.log(await askCaptured(socket, "/greeting", file));
  await server.shutdown();
  for (const line of await packetLines(file)) console.log(line);
  console.log(process.argv[2] === undefined ? "(give a file name to keep it)" : `wireshark ${file}`);
  await rm(dir, { recursive: true });
}
