import { describe, expect, test } from "bun:test";
import { decodeTcpInfo, type TcpInfo } from "../../../sys/index.ts";
import { progressColumns, progressHead, progressProblems, progressRow, withoutMarks } from "./tcp-progress.ts";

/** What an idle, established connection would say, with changes. */
function infoOf(changes: Partial<TcpInfo> = {}): TcpInfo {
  const bytes = new Uint8Array(240);
  bytes[0] = 1;
  return { ...decodeTcpInfo(bytes), ...changes };
}

const EMPTY = { queues: { unread: 0, unacknowledged: 0 }, queued: 0 };

describe("progressRow", () => {
  test("stands below its titles, whatever the numbers, and with the time before it in 80 columns", () => {
    const all = progressColumns(80 - 11);
    const small = progressRow(all, { ...EMPTY, info: infoOf() });
    const large = progressRow(all, {
      ...EMPTY,
      queued: 2 ** 30,
      info: infoOf({
        bytesSent: 2 ** 35,
        bytesAcked: 1023 * 1024,
        sendWindow: 1023,
        rttMs: 12_345,
        congestionWindow: 12_000,
      }),
    });
    expect(progressHead(all)).toBe(" SENT ACKED QUEUED RECVD ITSWIN OURWIN  CWND RTTms RESENT STATE");
    expect(small).toBe("    0     0      0     0      0      0     0 0.000      0 ESTABLISHED");
    expect(large).toBe("  32G 1023K   1.0G     0   1023      0 12000 12345      0 ESTABLISHED");
    expect([progressColumns(undefined), small.length]).toEqual([all, 69]);
  });

  test("leaves out what matters least where there is less room", () => {
    for (let room = 11; room < 69; room++)
      expect(progressRow(progressColumns(room), { ...EMPTY, info: infoOf() }).length).toBeLessThanOrEqual(room);
    expect(progressHead(progressColumns(50))).toBe(" SENT ACKED QUEUED ITSWIN RTTms RESENT STATE");
    expect(progressHead(progressColumns(5))).toBe("STATE");
  });
});

describe("withoutMarks", () => {
  test("a SYN and a FIN are no bytes", () => {
    const { bytesAcked, bytesReceived } = withoutMarks(
      infoOf({ bytesSent: 5, bytesAcked: 6, bytesReceived: 8, state: "CLOSE_WAIT" }),
      false,
    );
    expect([bytesAcked, bytesReceived]).toEqual([5, 7]);
    expect(withoutMarks(infoOf({ bytesReceived: 8 }), false).bytesReceived).toBe(8);
    expect(withoutMarks(infoOf({ bytesReceived: 8, state: "CLOSED" }), true).bytesReceived).toBe(7);
    expect(withoutMarks(infoOf({ bytesReceived: 0, state: "CLOSED" }), true).bytesReceived).toBe(0);
    expect(withoutMarks(infoOf({ bytesReceived: undefined, bytesAcked: undefined }), true).bytesAcked).toBeUndefined();
  });
});

describe("progressProblems", () => {
  test("what is wrong, in words", () => {
    const kinds = (changes: Partial<TcpInfo>, unread = 0): string[] =>
      progressProblems({ info: infoOf(changes), queues: { unread, unacknowledged: 0 }, queued: 0 }).map(
        ({ kind }) => kind,
      );
    expect(kinds({ sendWindow: 65_536, receiveWindow: 65_536 })).toEqual([]);
    expect(kinds({ sendWindow: 0, unsentBytes: 10 })).toEqual(["zero-window"]);
    expect(kinds({ sendWindow: 1, receiveWindow: 1, retransmits: 2, unackedSegments: 1 })).toEqual(["retransmitting"]);
    expect(kinds({ sendWindow: 1, receiveWindow: 1 }, 1_000_000)).toEqual(["unread"]);
    expect(kinds({ sendWindow: 1, receiveWindow: 1, state: "CLOSE_WAIT" })).toEqual([]);
  });
});
