import { describe, expect, test } from "bun:test";
import { decodeTcpInfo } from "./tcp-info.ts";

/** Where numbers of 64 bits stand. */
const LONG = new Set([104, 112, 120, 128, 160, 168, 176, 184, 200, 208]);

/** A structure of Linux 6 in which each number is a thousand times its place. */
function sample(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set([8, 4, 1, 2, 3, 0x27, 0x77, 1]);
  for (let at = 8; at < length; at += LONG.has(at) ? 8 : 4) {
    if (LONG.has(at)) view.setBigUint64(at, BigInt(at * 1000), true);
    else view.setUint32(at, at * 1000, true);
  }
  return bytes;
}

describe("decodeTcpInfo", () => {
  test("reads states by their names, times in milliseconds", () => {
    const info = decodeTcpInfo(sample(232));
    expect([info.state, info.congestionState, info.retransmits, info.probes, info.backoff]).toEqual([
      "CLOSE_WAIT",
      "loss",
      1,
      2,
      3,
    ]);
    expect([info.fastOpened, info.deliveryIsAppLimited]).toEqual([true, true]);
    expect([info.retransmitTimeoutMs, info.rttMs, info.rttVarMs, info.minRttMs]).toEqual([8, 68, 72, 148]);
    expect([info.sendMss, info.pathMtu, info.congestionWindow, info.totalRetransmits]).toEqual([
      16_000, 60_000, 80_000, 100_000,
    ]);
    expect([info.bytesAcked, info.bytesReceived, info.deliveryRate]).toEqual([120_000, 128_000, 160_000]);
    expect(info.sendWindow).toBe(228_000);
    expect(info.receiveWindow).toBeUndefined();
  });

  test("leaves out what an older kernel does not tell", () => {
    const info = decodeTcpInfo(sample(104));
    expect([info.totalRetransmits, info.bytesAcked, info.minRttMs, info.sendWindow]).toEqual([
      100_000,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("knows what stands for nothing measured", () => {
    const bytes = sample(240);
    const view = new DataView(bytes.buffer);
    view.setUint32(76, 0x7fff_ffff, true);
    view.setUint32(148, 0xffff_ffff, true);
    const info = decodeTcpInfo(bytes);
    expect([info.slowStartThreshold, info.minRttMs]).toEqual([Number.POSITIVE_INFINITY, undefined]);
    bytes[0] = 99;
    expect(decodeTcpInfo(bytes).state).toBe("CLOSED");
  });
});
