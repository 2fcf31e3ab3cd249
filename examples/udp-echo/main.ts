// Echoes UDP datagrams to whoever sent them. Run it: bun examples/udp-echo/main.ts [HOST:PORT], then: nc -u 127.0.0.1 PORT
import { listen, type UdpConn } from "netwright/net";

/** Datagrams are cut to so many bytes, as a buffer of a fixed size does it. */
const BUFFER_BYTES = 1024;

/** Listens at an address and echoes until the signal is aborted. On all addresses of this machine it answers from the one that was asked. */
export async function echoDatagrams(address: string, signal?: AbortSignal): Promise<UdpConn> {
  const server = await listen("udp", address);
  signal?.addEventListener("abort", () => void server.close(), { once: true });
  void echo(server);
  return server;
}

async function echo(server: UdpConn): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (;;) {
    const received = await server.recvInto(buffer);
    if (received === null) return;
    await server.send(buffer.subarray(0, received.length), received.from);
  }
}

if (import.meta.main) {
  const stop = new AbortController();
  const server = await echoDatagrams(process.argv[2] ?? "127.0.0.1:0", stop.signal);
  console.log(`echoing on udp ${server.local.toString()}`);
  process.once("SIGINT", () => stop.abort());
}
