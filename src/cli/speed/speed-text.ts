import type { Endpoint } from "../../net/index.ts";
import { ms } from "../socket-text.ts";
import { textLine, textTable } from "../text-table.ts";
import type { LatencyFigures } from "./latency-tally.ts";
import type { Direction, TcpFigures, TestPlan, UdpFigures } from "./message-wire.ts";
import type { DirectionResult, IntervalResult, SpeedResult } from "./speed-result.ts";

/** Widths of the cells of a line: direction, time, rate, bytes. */
const WIDTHS = [4, 15, 13, 9] as const;
const TCP_WIDTHS = [11, 10, 10] as const;
const UDP_WIDTHS = [16, 9, 10, 9] as const;
/** All columns but the first. */
const FIGURES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7]);

/** What is tested, in a line. */
export function planLine(server: Endpoint, plan: TestPlan): string {
  const { directions, lengthBytes, protocol, rateBitsPerSecond, streams, timeMs } = plan;
  const way =
    directions.length === 2 ? "both ways" : directions[0] === "up" ? "from here to there" : "from there to here";
  const of = protocol === "udp" ? `, datagrams of ${lengthBytes} bytes` : "";
  const paced = rateBitsPerSecond > 0 ? ` at ${rateText(rateBitsPerSecond)}` : "";
  const count = `${streams} ${streams === 1 ? "stream" : "streams"}`;
  return `${server.toString()}: ${protocol.toUpperCase()} ${way}, ${count}${paced}${of}, ${Number(seconds(timeMs))} s`;
}

/** The head of the lines of intervals. */
export function intervalHead({ protocol }: TestPlan): string {
  const cells =
    protocol === "tcp" ? ["RETRANSMITS", "ROUND TRIP", "WINDOW"] : ["LOST", "REORDERED", "DUPLICATES", "JITTER"];
  return line(["WAY", "SECONDS", "ARRIVED", "DATA"], cells);
}

/** What arrived in an interval. */
export function intervalLine(direction: Direction, interval: IntervalResult): string {
  const { bitsPerSecond, bytes, fromMs, tcp, toMs, udp } = interval;
  const cells = [direction, `${seconds(fromMs)} – ${seconds(toMs)}`, rateText(bitsPerSecond), bytesText(bytes)];
  return line(cells, udp === undefined ? tcpCells(tcp) : udpCells(udp));
}

/** What came of it all. */
export function summaryLines(result: SpeedResult): string[] {
  const { latency } = result;
  const trips = [
    ["ROUND TRIP", "MIN", "AVG", "MEDIAN", "99 %", "MAX"],
    tripRow("idle", latency.idle),
    tripRow("under load", latency.loaded),
  ];
  return [...directionLines("up", result.up), ...directionLines("down", result.down), "", ...textTable(trips, FIGURES)];
}

/** Bits a second. */
export function rateText(bits: number): string {
  const [unit, scale] = bits >= 1e9 ? ["Gbit/s", 1e9] : bits >= 1e6 ? ["Mbit/s", 1e6] : ["kbit/s", 1e3];
  return `${threeDigits(bits / scale)} ${unit}`;
}

function directionLines(direction: Direction, result: DirectionResult | undefined): string[] {
  if (result === undefined) return [];
  const { received, sent } = result;
  const arrived = `${rateText(received.bitsPerSecond)}, ${bytesText(received.bytes)} in ${(received.ms / 1000).toFixed(2)} s`;
  const went = `${rateText(sent.bitsPerSecond)}, ${bytesText(sent.bytes)}`;
  return [
    "",
    `${direction}: arrived ${arrived}`,
    `${" ".repeat(direction.length + 2)}sent    ${went}${sent.tcp === undefined ? "" : `, segments sent again: ${sent.tcp.retransmits}`}`,
    ...(received.udp === undefined ? [] : [`${" ".repeat(direction.length + 2)}${udpText(received.udp)}`]),
  ];
}

function udpText({ duplicates, jitterMs, lost, packets, reordered }: UdpFigures): string {
  const share = percent(lost, packets + lost);
  return `lost    ${lost} of ${packets + lost} datagrams (${share}), ${reordered} out of order, ${duplicates} duplicates, jitter ${ms(jitterMs)}`;
}

function tripRow(name: string, figures: LatencyFigures | undefined): string[] {
  if (figures === undefined) return [name, "-", "-", "-", "-", "-"];
  const { avgMs, maxMs, minMs, p50Ms, p99Ms } = figures;
  return [name, ...[minMs, avgMs, p50Ms, p99Ms, maxMs].map(ms)];
}

function tcpCells(tcp: TcpFigures | undefined): string[] {
  if (tcp === undefined) return [];
  return [String(tcp.retransmits), ms(tcp.rttMs), bytesText(tcp.windowBytes)];
}

function udpCells({ duplicates, jitterMs, lost, packets, reordered }: UdpFigures): string[] {
  return [`${lost} (${percent(lost, packets + lost)})`, String(reordered), String(duplicates), ms(jitterMs)];
}

function line(first: readonly string[], rest: readonly string[]): string {
  const widths = [...WIDTHS, ...(rest.length === UDP_WIDTHS.length ? UDP_WIDTHS : TCP_WIDTHS)];
  return textLine([...first, ...rest], widths, FIGURES);
}

function seconds(value: number): string {
  return (value / 1000).toFixed(1);
}

function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return `${share > 0 && share < 0.1 ? share.toFixed(3) : share.toFixed(1)} %`;
}

function bytesText(bytes: number): string {
  const [unit, scale] =
    bytes >= 1024 ** 3 ? ["GiB", 1024 ** 3] : bytes >= 1024 ** 2 ? ["MiB", 1024 ** 2] : ["KiB", 1024];
  return `${threeDigits(bytes / scale)} ${unit}`;
}

function threeDigits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
