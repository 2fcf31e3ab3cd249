import type { IntervalFigures, UdpFigures } from "./message-wire.ts";
import { SequenceTally } from "./sequence-tally.ts";

const NOTHING: UdpFigures = { packets: 0, lost: 0, reordered: 0, duplicates: 0, jitterMs: 0 };

/**
 * What has arrived of one direction, on all its streams. It reads no clock: the caller says what time it is, in milliseconds. Its memory is bounded by the number of streams.
 */
export class LoadTally {
  bytes = 0;
  /** When the first and the last bytes came. */
  firstAt: number | undefined = undefined;
  lastAt: number | undefined = undefined;
  private readonly sequences: readonly SequenceTally[];
  /** Where the interval that runs began. */
  private cutAt = 0;
  private cutBytes = 0;
  private cutUdp = NOTHING;

  /** `datagramStreams`: how many streams of datagrams there are; 0 for TCP. */
  constructor(datagramStreams = 0) {
    this.sequences = Array.from({ length: datagramStreams }, () => new SequenceTally());
  }

  /** Bytes came on a TCP stream. */
  bytesArrived(count: number, now: number): void {
    this.firstAt ??= now;
    this.lastAt = now;
    this.bytes += count;
  }

  /** A datagram came on the stream with this place among the streams. The bytes of a duplicate are not counted. */
  packetArrived(stream: number, packet: ArrivedPacket, now: number): void {
    this.firstAt ??= now;
    this.lastAt = now;
    if (this.sequences[stream]!.arrived(packet.sequence, packet.sentMs, now)) this.bytes += packet.bytes;
  }

  /**
   * What became of the datagrams. `sent` says how many each stream had, once that is known; until then those are lost whose number is below the highest that came.
   */
  udp(sent?: readonly number[]): UdpFigures | undefined {
    if (this.sequences.length === 0) return undefined;
    const { sequences } = this;
    const lost = sequences.reduce((sum, one, i) => sum + Math.max(0, (sent?.[i] ?? one.expected) - one.unique), 0);
    return {
      packets: total(sequences, "unique"),
      lost,
      reordered: total(sequences, "reordered"),
      duplicates: total(sequences, "duplicates"),
      jitterMs: total(sequences, "jitterMs") / sequences.length,
    };
  }

  /** Ends the interval that runs and begins the next. Nothing may be asked before the first arrival. */
  cut(now: number): IntervalFigures {
    const began = this.firstAt ?? now;
    const fromMs = this.cutAt;
    const bytes = this.bytes - this.cutBytes;
    const udp = this.udp();
    const before = this.cutUdp;
    this.cutAt = now - began;
    this.cutBytes = this.bytes;
    const interval = { fromMs, toMs: this.cutAt, bytes };
    if (udp === undefined) return interval;
    this.cutUdp = udp;
    return { ...interval, udp: since(before, udp) };
  }
}

/** A datagram of load, as far as it is counted. */
export interface ArrivedPacket {
  readonly sequence: number;
  readonly sentMs: number;
  readonly bytes: number;
}

function total(sequences: readonly SequenceTally[], what: "unique" | "reordered" | "duplicates" | "jitterMs"): number {
  return sequences.reduce((sum, one) => sum + one[what], 0);
}

/** One that came late takes back a loss, which an interval before may have told of: an interval has no loss below 0. */
function since(before: UdpFigures, now: UdpFigures): UdpFigures {
  return {
    packets: now.packets - before.packets,
    lost: Math.max(0, now.lost - before.lost),
    reordered: now.reordered - before.reordered,
    duplicates: now.duplicates - before.duplicates,
    jitterMs: now.jitterMs,
  };
}
