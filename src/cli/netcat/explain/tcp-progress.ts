import { Addr, AddrPort } from "../../../addr/index.ts";
import { type SocketProblem, socketProblems } from "../../../net/index.ts";
import type { SocketQueues, TcpInfo, TcpState } from "../../../sys/index.ts";
import { digits, shortBytes } from "../../socket-text.ts";

/** What is known of a TCP connection at a moment. */
export interface TcpSample {
  readonly info: TcpInfo;
  readonly queues: SocketQueues;
  /** Bytes that wait in this process. */
  readonly queued: number;
}

/** States in which the peer's FIN has come. */
const AFTER_FIN: ReadonlySet<TcpState> = new Set<TcpState>(["CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT"]);

/** A column of the progress, of which a row is as wide as 69 columns of a terminal when it has them all. */
export interface ProgressColumn {
  readonly title: string;
  readonly width: number;
  /** How soon it is left out where there is too little room: the lowest first. */
  readonly rank: number;
  readonly cell: (sample: TcpSample) => string;
}

const STATE_WIDTH = "ESTABLISHED".length;

const COLUMNS: readonly ProgressColumn[] = [
  { title: "SENT", width: 5, rank: 9, cell: ({ info }) => shortBytes(info.bytesSent) },
  { title: "ACKED", width: 5, rank: 8, cell: ({ info }) => shortBytes(info.bytesAcked) },
  { title: "QUEUED", width: 6, rank: 7, cell: ({ info, queued }) => shortBytes(queued + (info.unsentBytes ?? 0)) },
  { title: "RECVD", width: 5, rank: 3, cell: ({ info }) => shortBytes(info.bytesReceived) },
  { title: "ITSWIN", width: 6, rank: 6, cell: ({ info }) => shortBytes(info.sendWindow) },
  { title: "OURWIN", width: 6, rank: 1, cell: ({ info }) => shortBytes(info.receiveWindow) },
  { title: "CWND", width: 5, rank: 2, cell: ({ info }) => String(info.congestionWindow) },
  { title: "RTTms", width: 5, rank: 4, cell: ({ info }) => digits(info.rttMs) },
  { title: "RESENT", width: 6, rank: 5, cell: ({ info }) => String(info.totalRetransmits) },
];

/** The columns of the progress for which so many columns of a terminal have room; undefined: all. */
export function progressColumns(room: number | undefined): readonly ProgressColumn[] {
  let fitting = COLUMNS;
  while (room !== undefined && fitting.length > 0 && widthOf(fitting) > room) {
    const least = Math.min(...fitting.map(({ rank }) => rank));
    fitting = fitting.filter(({ rank }) => rank !== least);
  }
  return fitting;
}

function widthOf(columns: readonly ProgressColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width + 1, STATE_WIDTH);
}

/** The system counts a SYN and a FIN as a byte, too: here they are none. */
export function withoutMarks(info: TcpInfo, peerEnded: boolean): TcpInfo {
  const { bytesAcked, bytesReceived, bytesSent } = info;
  return {
    ...info,
    bytesAcked: bytesAcked === undefined || bytesSent === undefined ? bytesAcked : Math.min(bytesAcked, bytesSent),
    bytesReceived:
      bytesReceived === undefined || !(peerEnded || AFTER_FIN.has(info.state))
        ? bytesReceived
        : Math.max(0, bytesReceived - 1),
  };
}

/** The titles of the columns of `progressRow`. */
export function progressHead(columns: readonly ProgressColumn[]): string {
  return [...columns.map(({ title, width }) => title.padStart(width)), "STATE"].join(" ");
}

/** How far a connection has come, in columns. */
export function progressRow(columns: readonly ProgressColumn[], sample: TcpSample): string {
  return [...columns.map(({ cell, width }) => cell(sample).padStart(width)), sample.info.state].join(" ");
}

const NOWHERE: AddrPort = new AddrPort(Addr.anyV4, 0);

/** What is wrong with a connection now. That one side has closed and the other has not is no fault here: it is told where it happens. */
export function progressProblems({ info, queues }: TcpSample): SocketProblem[] {
  const isResending = info.retransmits > 0 && info.unackedSegments > 0;
  return socketProblems({
    network: "tcp",
    state: info.state,
    local: NOWHERE,
    remote: NOWHERE,
    receiveQueue: queues.unread,
    sendQueue: queues.unacknowledged,
    timer: isResending ? "retransmit" : "none",
    timerMs: 0,
    retransmits: info.retransmits,
    uid: undefined,
    owners: [],
    info,
  }).filter(({ kind }) => kind !== "close-wait");
}
