import type { TcpInfo } from "../sys/index.ts";
import { type SocketEntry, socketProblems } from "../net/index.ts";
import { textTable } from "./text-table.ts";

const HEAD = ["NETWORK", "STATE", "RECV-Q", "SEND-Q", "LOCAL", "REMOTE", "PROCESS"];
const NUMBERS: ReadonlySet<number> = new Set([2, 3]);

/** Sockets as a table for people; below each line what is wrong with it, and with `detail` what the system knows of the connection. */
export function socketTable(sockets: readonly SocketEntry[], detail: boolean): string[] {
  const [head, ...lines] = textTable([HEAD, ...sockets.map(cells)], NUMBERS);
  return [
    head!,
    ...sockets.flatMap((socket, i) => [
      lines[i]!,
      ...(detail && socket.info !== undefined ? tcpDetail(socket.info).map((line) => `    ${line}`) : []),
      ...socketProblems(socket).map(({ text }) => `  ! ${text}`),
    ]),
  ];
}

function cells(socket: SocketEntry): string[] {
  const { network, state, receiveQueue, sendQueue, local, remote, owners } = socket;
  const [first] = owners;
  const others = new Set(owners.map(({ pid }) => pid)).size - 1;
  const more = others > 0 ? ` and ${others} more` : "";
  return [
    network,
    state,
    String(receiveQueue),
    String(sendQueue),
    local.toString() || "-",
    remote?.toString() || (remote === undefined ? "-" : "(connected)"),
    first === undefined ? "-" : `${first.name}/${first.pid}${more}`,
  ];
}

/** What the system knows of a TCP connection, in lines of words. */
export function tcpDetail(info: TcpInfo): string[] {
  const rtt = `round trip ${ms(info.rttMs)} ± ${ms(info.rttVarMs)}${info.minRttMs === undefined ? "" : `, least ${ms(info.minRttMs)}`}`;
  const window = `windows: sends up to ${bytes(info.sendWindow)}, receives up to ${bytes(info.receiveWindow)}, congestion ${info.congestionWindow} segments of ${info.sendMss}`;
  const sent = `sent ${bytes(info.bytesSent)}, acknowledged ${bytes(info.bytesAcked)}, unacknowledged ${info.unackedSegments} segments, waiting ${bytes(info.unsentBytes)}`;
  const lost = `retransmitted ${info.totalRetransmits} segments (${bytes(info.bytesRetransmitted)}), lost now ${info.lostSegments}, time-out ${ms(info.retransmitTimeoutMs)}`;
  const stalls = `sending for ${ms(info.busyMs)}, of that held by the peer's window ${ms(info.windowLimitedMs)}, by the send buffer ${ms(info.bufferLimitedMs)}`;
  const came = `received ${bytes(info.bytesReceived)}, out of order ${info.outOfOrderSegments ?? "?"} segments; path MTU ${info.pathMtu}`;
  return [rtt, window, sent, lost, came, stalls];
}

/** Milliseconds with as many digits as say something. */
export function ms(value: number | undefined): string {
  return value === undefined ? "?" : `${digits(value)} ms`;
}

/** A number with as many digits as say something, in five places up to 99,999. */
export function digits(value: number | undefined): string {
  if (value === undefined) return "?";
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** A count of bytes in five places, as `ls -h` shows it: K is 1024. */
export function shortBytes(value: number | undefined): string {
  return bytes(value).replace(/ (?:([KMG])i)?B$/, "$1");
}

/** A count of bytes with its unit. */
export function bytes(value: number | undefined): string {
  if (value === undefined) return "?";
  if (value < 1024) return `${value} B`;
  const unit = value < 1024 ** 2 ? "KiB" : value < 1024 ** 3 ? "MiB" : "GiB";
  const scaled = value / 1024 ** (unit === "KiB" ? 1 : unit === "MiB" ? 2 : 3);
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${unit}`;
}
