// Somebody else sends to a UDP client before the server answers. A client that is not connected hears the interloper first and must look at the sender; a connected one never
// hears him. Run it: bun examples/udp-interloper/main.ts
import { dial, listen, NetError, type PacketConn } from "netwright/net";
import { echoDatagrams } from "../udp-echo/main.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

/** What a client heard, each with whether it came from the server. */
export interface Heard {
  readonly words: string;
  readonly fromServer: boolean;
}

/** What a client of an echo server hears within a second of silence, when an interloper was quicker. */
export async function hear(connected: boolean, silenceMs = 1000): Promise<readonly Heard[]> {
  await using server = await echoDatagrams("127.0.0.1:0");
  await using interloper = await listen("udp", "127.0.0.1:0");
  await using client = await (connected ? dial("udp", server.local.toString()) : listen("udp", "127.0.0.1:0"));
  await interloper.send(bytes("pardon me"), client.local);
  await client.send(bytes("ping"), connected ? undefined : server.local);
  return await untilSilence(client, server.local.toString(), silenceMs);
}

async function untilSilence(client: PacketConn, server: string, silenceMs: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (;;) {
    try {
      const packet = await client.recv({ timeoutMs: silenceMs });
      if (packet === null) return heard;
      heard.push({ words: text(packet.data), fromServer: packet.from.toString() === server });
    } catch (error) {
      if (error instanceof NetError && error.isTimeout) return heard;
      throw error;
    }
  }
}

if (import.meta.main) {
  for (const connected of [false, true]) {
    const heard = await hear(connected);
    const list = heard
      .map(({ words, fromServer }) => `"${words}"${fromServer ? "" : " (from a stranger)"}`)
      .join(", then ");
    console.log(`${connected ? "connected" : "not connected"}: ${list}, then nothing`);
  }
}
