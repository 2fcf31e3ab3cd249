import type { Timer } from "../../../clock/index.ts";
import { type Conn, listSockets } from "../../../net/index.ts";
import { closeDescriptor, socketQueues, type TcpState, tcpInfo } from "../../../sys/index.ts";
import { bytes, ms, tcpDetail } from "../../socket-text.ts";
import type { ConnStory } from "./conn-story.ts";
import { elapsedText, type Story } from "./story.ts";
import {
  type ProgressColumn,
  progressColumns,
  progressHead,
  progressProblems,
  progressRow,
  type TcpSample,
  withoutMarks,
} from "./tcp-progress.ts";

/** Rows after which the titles of the columns are told again. */
const ROWS = 20;

/** What the states after the end mean for whoever closed. */
const LEFT: Readonly<Partial<Record<TcpState, string>>> = {
  CLOSED: "nothing is left of it here",
  CLOSING: "both sides closed at the same time, and the peer has yet to acknowledge it",
  ESTABLISHED: "it has not been closed yet",
  FIN_WAIT_1: "the peer has yet to acknowledge that this side closed",
  FIN_WAIT_2: "the peer has not closed its own side yet",
  LAST_ACK: "the peer has yet to acknowledge that this side closed, too",
  TIME_WAIT: "the ports are kept for a minute, for packets that are late",
};

/** Tells how a TCP connection goes: its progress, what is wrong with it, and how it ends. */
export class TcpStory implements ConnStory {
  private readonly story: Story;
  private readonly conn: Conn;
  private readonly fd: number;
  private readonly intervalMs: number;
  private timer: Timer | undefined = undefined;
  private readonly columns: readonly ProgressColumn[];
  private lastRow = "";
  private rows = 0;
  private peerEnded = false;
  private closedFirst: "the peer" | "this side" | undefined = undefined;

  /** `fd`: a duplicate of the connection's descriptor, which it owns: the system can be asked about the connection after its end, too. */
  constructor(story: Story, conn: Conn, fd: number, intervalMs: number) {
    this.story = story;
    this.conn = conn;
    this.fd = fd;
    this.intervalMs = intervalMs;
    this.columns = progressColumns(story.room);
    this.connected();
    this.waitOn();
  }

  localEnd(): void {
    this.row();
    this.closedFirst ??= "this side";
    this.story.say("stdin has ended: this side closes (FIN) behind what it has sent, and goes on reading");
  }

  peerEnd(): void {
    this.peerEnded = true;
    this.row();
    this.closedFirst ??= "the peer";
    this.story.say(
      this.closedFirst === "the peer"
        ? "the peer has closed its side (FIN): it sends no more, and may still read"
        : "the peer has closed its side, too (FIN)",
    );
  }

  over(error: Error | undefined): void {
    if (this.timer !== undefined) this.story.clock.clearTimer(this.timer);
    this.row();
    const { info } = this.sample();
    this.story.say(
      error === undefined ? `over after ${elapsedText(this.story.elapsedMs)}` : `failed: ${error.message}`,
    );
    for (const line of tcpDetail(info)) this.story.more(line);
    closeDescriptor(this.fd);
    const state = this.stateLeft();
    const first = this.closedFirst === undefined ? "" : `${this.closedFirst} closed first; `;
    this.story.more(`${first}left in ${state}: ${LEFT[state] ?? "it goes on"}`);
  }

  private connected(): void {
    const { info } = this.sample();
    this.story.say(`connected ${this.conn.local.toString()} to ${this.conn.remote.toString()}`);
    this.story.more(`segments of up to ${info.sendMss} bytes, path MTU ${info.pathMtu}, round trip ${ms(info.rttMs)}`);
    this.story.more(
      `it takes ${bytes(info.sendWindow)} at first, we ${bytes(info.receiveWindow)}; congestion window ${info.congestionWindow} segments`,
    );
  }

  private waitOn(): void {
    this.timer = this.story.clock.setTimer(
      () => {
        this.row();
        this.waitOn();
      },
      this.intervalMs,
      { idle: true },
    );
  }

  /** The progress, unless it is as it was, and what is wrong. */
  private row(): void {
    const sample = this.sample();
    const row = progressRow(this.columns, sample);
    if (row !== this.lastRow) {
      if (this.rows++ % ROWS === 0) this.story.more(progressHead(this.columns));
      this.story.say(row);
    }
    this.lastRow = row;
    for (const { text } of progressProblems(sample)) this.story.say(`! ${text}`);
  }

  private sample(): TcpSample {
    const info = withoutMarks(tcpInfo(this.fd), this.peerEnded);
    // The system knows earlier than whoever still has to read what came before.
    if (info.state === "CLOSE_WAIT") this.closedFirst ??= "the peer";
    return { info, queues: socketQueues(this.fd), queued: this.conn.queued };
  }

  /** What the system has of the connection that we closed. */
  private stateLeft(): TcpState {
    const [local, remote] = [this.conn.local.toString(), this.conn.remote.toString()];
    const found = listSockets({ networks: ["tcp"], owners: false }).find(
      (socket) => socket.local.toString() === local && socket.remote?.toString() === remote,
    );
    return found === undefined || found.state === "UNCONNECTED" ? "CLOSED" : found.state;
  }
}
