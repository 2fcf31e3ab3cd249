import { afterEach } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import type { Packet, PacketConn } from "../../src/net/index.ts";
import type { PairTime } from "./conn-kind.ts";
import type { PacketKind, PacketPair } from "./packet-kind.ts";

/** Pairs of one kind, given back after each test. */
export class PacketPairs {
  private readonly kind: PacketKind;
  private readonly made: PacketConn[] = [];

  /** To be called inside `describe`. */
  constructor(kind: PacketKind) {
    this.kind = kind;
    afterEach(async () => {
      await Promise.all(this.made.splice(0).map(async (conn) => conn.close()));
      await kind.dispose?.();
    });
  }

  async make(time?: PairTime): Promise<PacketPair> {
    const pair = await this.kind.pair(time);
    this.made.push(pair.a, pair.b);
    return pair;
  }

  /** A pair whose deadlines run on a clock that stands still. */
  async timed(): Promise<PacketPair & { readonly clock: SimulatedClock }> {
    const clock = new SimulatedClock();
    return { ...(await this.make({ clock, wheel: new TimerWheel(clock) })), clock };
  }
}

/** The text of a packet that came. */
export function packetText(packet: Packet | null): string | null {
  return packet === null ? null : new TextDecoder().decode(packet.data);
}
