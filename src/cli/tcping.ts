import { realClock } from "../clock/index.ts";
import { summarizeTcpPing, tcpPing, type TcpPingReply, type TcpPingSummary } from "../net/index.ts";
import { EXIT_FAILURE } from "./exit.ts";
import { print } from "./print.ts";
import { ms } from "./socket-text.ts";

/** The flags of `netwright tcping`; durations in milliseconds. */
export interface TcpingFlags {
  readonly count: number;
  readonly interval: number;
  readonly wait: number;
  readonly json?: boolean;
}

/** Measures connecting to a port. Resolves to the exit code: 1 when a try failed. Ctrl-C ends it with the summary. */
export async function tcping(address: string, flags: TcpingFlags): Promise<number> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const replies: TcpPingReply[] = [];
  const { count, interval: intervalMs, wait: timeoutMs } = flags;
  for await (const reply of tcpPing(address, { count, intervalMs, timeoutMs, signal: stop.signal })) {
    replies.push(reply);
    if (!(await print(flags.json === true ? JSON.stringify(jsonOf(reply)) : lineOf(reply, address)))) break;
  }
  const summary = summarizeTcpPing(replies);
  if (replies.length > 0) await print(flags.json === true ? JSON.stringify(summary) : summaryLine(summary));
  return summary.connected < summary.sent ? EXIT_FAILURE : 0;
}

function lineOf({ sequence, remote, connectMs, error }: TcpPingReply, address: string): string {
  if (connectMs === undefined) return `${sequence}  ${error?.message ?? address}`;
  return `${sequence}  connected to ${remote!.toString()} in ${ms(connectMs)}`;
}

function jsonOf({ sequence, remote, connectMs, error }: TcpPingReply): object {
  const time = new Date(realClock.wallNow()).toISOString();
  return { time, sequence, remote, connectMs, code: error?.code, error: error?.message };
}

function summaryLine({ sent, connected, lossPercent, minMs, avgMs, maxMs }: TcpPingSummary): string {
  const counts = `${sent} tried, ${connected} connected, ${Number(lossPercent.toFixed(1))} % lost`;
  return connected === 0 ? counts : `${counts}; min ${ms(minMs)}, avg ${ms(avgMs)}, max ${ms(maxMs)}`;
}
