import type { TcpInfo } from "../sys/index.ts";
import type { SocketEntry } from "./socket-list.ts";

/** Something that is wrong with a socket, by what the system tells of it now. */
export interface SocketProblem {
  readonly kind: "close-wait" | "zero-window" | "retransmitting" | "unanswered" | "accept-queue" | "unread";
  /** What it is, whose fault it is likely to be, and what to look at: a sentence without a full stop. */
  readonly text: string;
}

/** Bytes unread at which a reader is worth a look: what a socket's buffer holds at first. */
const UNREAD_BYTES = 128 * 1024;

/** What is wrong with a socket; nothing in most cases. One look cannot tell a moment from a lasting state: ask again after a while. */
export function socketProblems(socket: SocketEntry): SocketProblem[] {
  const problems: SocketProblem[] = [];
  const add = (kind: SocketProblem["kind"], text: string): void => void problems.push({ kind, text });
  // One that still has something to send uses its half of the connection, as it may.
  if (socket.state === "CLOSE_WAIT" && socket.sendQueue === 0) add("close-wait", closeWaitText(socket));
  if (isZeroWindow(socket)) add("zero-window", zeroWindowText(socket.info));
  else if (socket.state === "SYN_SENT") add("unanswered", "its SYN has not been answered: a dead host, or a filter");
  else if (socket.timer === "retransmit" && socket.retransmits > 0) add("retransmitting", retransmitText(socket));
  if (socket.state === "LISTEN" && socket.network === "tcp" && socket.receiveQueue > socket.sendQueue)
    add(
      "accept-queue",
      `its queue is full (${socket.receiveQueue}): the process accepts too slowly, and SYNs are dropped`,
    );
  if (isUnread(socket)) add("unread", `${socket.receiveQueue} bytes wait to be read: this process does not keep up`);
  return problems;
}

function closeWaitText({ receiveQueue }: SocketEntry): string {
  const text = "the peer has closed and this process has not: it forgets to close, or has not read to the end";
  return receiveQueue === 0 ? text : `${text} (${receiveQueue} bytes unread)`;
}

/** This end's own window is closed, or so much waits that it soon will be. */
function isUnread({ state, receiveQueue, info }: SocketEntry): boolean {
  return state === "ESTABLISHED" && (receiveQueue >= UNREAD_BYTES || (receiveQueue > 0 && info?.receiveWindow === 0));
}

/** The window is closed while something waits to be sent: the system probes it. */
function isZeroWindow({ timer, info }: SocketEntry): boolean {
  return timer === "zero-window probe" || (info?.sendWindow === 0 && (info.unsentBytes ?? 0) > 0);
}

function zeroWindowText(info: TcpInfo | undefined): string {
  const ms = info?.windowLimitedMs;
  const unsent = info?.unsentBytes === undefined ? "" : `, ${info.unsentBytes} bytes wait here`;
  const since = ms === undefined ? "" : `, ${Math.round(ms)} ms of its life`;
  return `the peer reads too slowly: its window is closed${since}${unsent}`;
}

function retransmitText({ retransmits, info }: SocketEntry): string {
  const times = retransmits === 1 ? "once" : `${retransmits} times in a row`;
  // The system does not count the two at the same moments: a total below is left out.
  const total =
    (info?.totalRetransmits ?? 0) > retransmits ? `, ${info!.totalRetransmits} times since the beginning` : "";
  return `what was sent is not acknowledged and was sent again ${times}${total}: loss, or a peer that is gone`;
}
