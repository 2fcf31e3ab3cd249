import { describe, expect, test } from "bun:test";
import { decodeTcpInfo, type TcpInfo } from "../../../sys/index.ts";
import { PROGRESS_HEAD, progressProblems, progressRow, withoutMarks } from "./tcp-progress.ts";

/** What an idle, established connection would say, with changes. */
function infoOf(changes: Partial<TcpInfo> = {}): TcpInfo {
  const bytes = new Uint8Array(240);
  bytes[0] = 1;
  return { ...decodeTcpInfo(bytes), ...changes };
}

const EMPTY = { queues: { unread: 0, unacknowledged: 0 }, queued: 0 };

describe("progressRow", () => {
  test("stands below its titles, whatever the numbers", () => {
    const small = progressRow({ ...EMPTY, info: infoOf() });
    const large = progressRow({
      ...EMPTY,
      queued: 2 ** 30,
      info: infoOf({
        bytesSent: 2 ** 35,
        bytesAcked: 2 ** 34,
        sendWindow: 1023,
        rttMs: 12_345,
        congestionWindow: 12_000,
      }),
    });
    const end = PROGRESS_HEAD.indexOf("STATE");
    expect([small.indexOf("ESTABLISHED"), large.indexOf("ESTABLISHED")]).toEqual([end, end]);
    expect(large).toBe(
      "   32 GiB     16 GiB    1.0 GiB        0 B      1023 B         0 B  12000  12345 ms       0  ESTABLISHED",
    );
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
