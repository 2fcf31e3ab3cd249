// How long connecting to a TCP port takes, for places where ICMP is filtered. Run it: bun examples/tcping/main.ts HOST:PORT [COUNT [INTERVAL_MS [WAIT_MS]]]
import { summarizeTcpPing, tcpPing, type TcpPingOptions, type TcpPingReply } from "netwright/net";

/** Asks, telling each try in a line; resolves to whether all were connected. */
export async function pingPort(
  address: string,
  options: TcpPingOptions,
  write: (line: string) => void,
): Promise<boolean> {
  const replies: TcpPingReply[] = [];
  for await (const reply of tcpPing(address, options)) {
    replies.push(reply);
    const { sequence, connectMs, error } = reply;
    write(connectMs === undefined ? `${sequence} ${error?.message}` : `${sequence} ${connectMs.toFixed(3)} ms`);
  }
  const { sent, connected, lossPercent } = summarizeTcpPing(replies);
  write(`${sent} tried, ${connected} connected, ${lossPercent.toFixed(0)} % lost`);
  return connected === sent;
}

if (import.meta.main) {
  const [address = "127.0.0.1:80", count = "3", interval = "1000", wait = "5000"] = process.argv.slice(2);
  const options = { count: Number(count), intervalMs: Number(interval), timeoutMs: Number(wait) };
  process.exitCode = (await pingPort(address, options, console.log)) ? 0 : 1;
}
