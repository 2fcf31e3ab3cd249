import { describe, expect, test } from "bun:test";
import { AddrPort } from "../addr/index.ts";
import {
  decodePacket,
  LINK_TYPE,
  type PacketDirection,
  TcpStream,
  type TcpStreamInit,
  verifyChecksums,
} from "./index.ts";

const V4 = { local: AddrPort.parse("192.0.2.1:40000"), remote: AddrPort.parse("198.51.100.2:80") };
const V6 = { local: AddrPort.parse("[2001:db8::1]:40000"), remote: AddrPort.parse("[2001:db8::2]:80") };

/** A stream, and what a receiver makes of its packets. */
class Wire {
  readonly lines: string[] = [];
  readonly received: Record<PacketDirection, number[]> = { inbound: [], outbound: [] };
  readonly stream: TcpStream;

  constructor(init: TcpStreamInit) {
    const next: Record<PacketDirection, number | undefined> = { inbound: undefined, outbound: undefined };
    this.stream = new TcpStream(init, (bytes, direction) => {
      const packet = decodePacket(bytes, LINK_TYPE.RAW);
      expect([packet.error, verifyChecksums(packet).length]).toEqual([undefined, 0]);
      const { tcp, payload } = packet;
      const flags = (["SYN", "FIN", "RST", "PSH", "ACK"] as const).filter((flag) => tcp!.has(flag)).join("+");
      this.lines.push(`${direction} ${flags} ${tcp!.sequence}/${tcp!.acknowledgment} ${payload.length}`);
      expect(tcp!.sequence).toBe(next[direction] ?? tcp!.sequence);
      if (tcp!.has("ACK")) {
        const other = direction === "inbound" ? "outbound" : "inbound";
        expect(tcp!.acknowledgment).toBe(next[other] ?? -1);
      }
      const counted = payload.length + (tcp!.has("SYN") ? 1 : 0) + (tcp!.has("FIN") ? 1 : 0);
      next[direction] = (tcp!.sequence + counted) >>> 0;
      for (const byte of payload) this.received[direction].push(byte);
    });
  }
}

describe("TcpStream", () => {
  test("a dialed connection from its handshake to both ends", () => {
    const wire = new Wire(V4);
    wire.stream.open();
    wire.stream.data("outbound", Uint8Array.of(1, 2, 3));
    wire.stream.data("inbound", Uint8Array.of(4));
    wire.stream.end("outbound");
    wire.stream.end("outbound");
    wire.stream.data("outbound", Uint8Array.of(9));
    wire.stream.end("inbound");
    expect(wire.lines).toEqual([
      "outbound SYN 0/0 0",
      "inbound SYN+ACK 0/1 0",
      "outbound ACK 1/1 0",
      "outbound PSH+ACK 1/1 3",
      "inbound ACK 1/4 0",
      "inbound PSH+ACK 1/4 1",
      "outbound ACK 4/2 0",
      "outbound FIN+ACK 4/2 0",
      "inbound ACK 2/5 0",
      "inbound FIN+ACK 2/5 0",
      "outbound ACK 5/3 0",
    ]);
  });

  test("an accepted one over IPv6, reset by its peer", () => {
    const wire = new Wire({ ...V6, dialed: false });
    wire.stream.open();
    wire.stream.reset("inbound");
    wire.stream.reset("outbound");
    wire.stream.end("outbound");
    wire.stream.data("inbound", Uint8Array.of(1));
    expect(wire.lines).toEqual([
      "inbound SYN 0/0 0",
      "outbound SYN+ACK 0/1 0",
      "inbound ACK 1/1 0",
      "inbound RST+ACK 1/1 0",
    ]);
  });

  test("large data is cut into segments, and sequence numbers wrap", () => {
    for (const init of [V4, V6]) {
      const wire = new Wire({ ...init, sequences: { local: 0xffff_fff0, remote: 0xffff_ffff } });
      wire.stream.open();
      const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) & 0xff);
      wire.stream.data("outbound", bytes);
      wire.stream.data("inbound", new Uint8Array(0));
      wire.stream.data("inbound", bytes);
      expect(wire.received.outbound).toEqual([...bytes]);
      expect(wire.received.inbound).toEqual([...bytes]);
      expect(wire.lines.filter((line) => line.includes("PSH")).length).toBe(2);
    }
  });

  test("both addresses must be of one version", () => {
    expect(() => new TcpStream({ local: V4.local, remote: V6.remote }, () => undefined)).toThrow(RangeError);
  });
});
