import { Addr, AddrPort } from "../../../addr/index.ts";
import { type SocketProblem, socketProblems } from "../../../net/index.ts";
import type { SocketQueues, TcpInfo, TcpState } from "../../../sys/index.ts";
import { bytes, ms } from "../../socket-text.ts";

/** What is known of a TCP connection at a moment. */
export interface TcpSample {
  readonly info: TcpInfo;
  readonly queues: SocketQueues;
  /** Bytes that wait in this process. */
  readonly queued: number;
}

/** States in which the peer's FIN has come. */
const AFTER_FIN: ReadonlySet<TcpState> = new Set<TcpState>(["CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT"]);

const COLUMNS: readonly (readonly [title: string, width: number, cell: (sample: TcpSample) => string])[] = [
  ["SENT", 9, ({ info }) => bytes(info.bytesSent)],
  ["ACKED", 9, ({ info }) => bytes(info.bytesAcked)],
  ["WAITING", 9, ({ info, queued }) => bytes(queued + (info.unsentBytes ?? 0))],
  ["RECEIVED", 9, ({ info }) => bytes(info.bytesReceived)],
  ["ITS WINDOW", 10, ({ info }) => bytes(info.sendWindow)],
  ["OUR WINDOW", 10, ({ info }) => bytes(info.receiveWindow)],
  ["CWND", 5, ({ info }) => String(info.congestionWindow)],
  ["RTT", 8, ({ info }) => ms(info.rttMs)],
  ["RESENT", 6, ({ info }) => String(info.totalRetransmits)],
];

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
export const PROGRESS_HEAD: string = [...COLUMNS.map(([title, width]) => title.padStart(width)), "STATE"].join("  ");

/** How far a connection has come, in columns. */
export function progressRow(sample: TcpSample): string {
  return [...COLUMNS.map(([, width, cell]) => cell(sample).padStart(width)), sample.info.state].join("  ");
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
