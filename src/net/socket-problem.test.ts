import { describe, expect, test } from "bun:test";
import { AddrPort } from "../addr/index.ts";
import { decodeTcpInfo, type TcpInfo } from "../sys/index.ts";
import type { SocketEntry } from "./socket-list.ts";
import { socketProblems } from "./socket-problem.ts";

const WELL: SocketEntry = {
  network: "tcp",
  state: "ESTABLISHED",
  local: AddrPort.parse("127.0.0.1:1"),
  remote: AddrPort.parse("127.0.0.1:2"),
  receiveQueue: 0,
  sendQueue: 0,
  timer: "none",
  timerMs: 0,
  retransmits: 0,
  uid: 0,
  owners: [],
  info: undefined,
};

function texts(change: Partial<SocketEntry>): string[] {
  return socketProblems({ ...WELL, ...change }).map(({ text }) => text);
}

/** What the system knows of a connection, as far as it matters here. */
function infoOf(totalRetransmits: number): TcpInfo {
  const all = decodeTcpInfo(new Uint8Array(248));
  return { ...all, sendWindow: 1000, receiveWindow: 1000, totalRetransmits };
}

describe("socketProblems", () => {
  test.each([
    [0, "sent again 2 times in a row: loss"],
    [2, "sent again 2 times in a row: loss"],
    [5, "sent again 2 times in a row, 5 times since the beginning: loss"],
  ])("of retransmissions, %d of them in all, it does not contradict itself", (total, text) => {
    const [told] = texts({ timer: "retransmit", retransmits: 2, info: infoOf(total) });
    expect(told).toContain(text);
  });

  test("none", () => {
    expect(texts({})).toEqual([]);
    expect(texts({ timer: "retransmit" })).toEqual([]);
    expect(texts({ timer: "keep-alive" })).toEqual([]);
    expect(texts({ state: "LISTEN", receiveQueue: 128, sendQueue: 128 })).toEqual([]);
    // The peer has half-closed, and gets its answer.
    expect(texts({ state: "CLOSE_WAIT", sendQueue: 300_000 })).toEqual([]);
  });

  test("each in words", () => {
    expect(texts({ state: "CLOSE_WAIT", receiveQueue: 7 })).toEqual([
      "the peer has closed and this process has not: it forgets to close, or has not read to the end (7 bytes unread)",
    ]);
    expect(texts({ timer: "zero-window probe" })).toEqual(["the peer reads too slowly: its window is closed"]);
    expect(texts({ state: "SYN_SENT", timer: "retransmit", retransmits: 2 })).toEqual([
      "its SYN has not been answered: a dead host, or a filter",
    ]);
    expect(texts({ timer: "retransmit", retransmits: 3 })).toEqual([
      "what was sent is not acknowledged and was sent again 3 times in a row: loss, or a peer that is gone",
    ]);
    expect(texts({ timer: "retransmit", retransmits: 1 })).toEqual([
      "what was sent is not acknowledged and was sent again once: loss, or a peer that is gone",
    ]);
    expect(texts({ state: "LISTEN", receiveQueue: 129, sendQueue: 128 })).toEqual([
      "its queue is full (129): the process accepts too slowly, and SYNs are dropped",
    ]);
    expect(texts({ receiveQueue: 200_000 })).toEqual(["200000 bytes wait to be read: this process does not keep up"]);
  });
});
