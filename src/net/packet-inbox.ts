import type { Packet } from "./packet-conn.ts";

/** Datagrams that wait to be received. */
const MAX_PACKETS = 1024;
/** Their bytes. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Packets that wait here before a kind that holds its senders back stops receiving. */
const HELD_MAX = 64;

/** The longest packet of a kind that holds its senders back; it cuts longer ones, and says so. That is more than a sender's default buffer takes (net.core.wmem_default, 208 KiB). */
export const RECORD_MAX: number = 256 * 1024;

/** What came while nobody received, up to a bound: 1024 datagrams or 4 MiB. */
export class PacketInbox {
  private packets: Packet[] = [];
  private first = 0;
  private bytes = 0;

  get length(): number {
    return this.packets.length - this.first;
  }

  /** Whether a datagram of so many bytes can still wait here. */
  fits(bytes: number): boolean {
    return this.length < MAX_PACKETS && this.bytes + bytes <= MAX_BYTES;
  }

  /** Whether the next packet of a kind that holds its senders back can wait here, however long it is. */
  get hasRoom(): boolean {
    return this.length < HELD_MAX && this.fits(RECORD_MAX);
  }

  /** Takes a datagram, which must own its bytes. */
  push(packet: Packet): void {
    this.packets.push(packet);
    this.bytes += packet.data.length;
  }

  shift(): Packet | undefined {
    const packet = this.packets[this.first];
    if (packet === undefined) return undefined;
    this.first++;
    this.bytes -= packet.data.length;
    this.compact();
    return packet;
  }

  /** Up to `max` of them, the oldest first. */
  take(max: number): Packet[] {
    const taken = this.packets.slice(this.first, this.first + max);
    this.first += taken.length;
    for (const { data } of taken) this.bytes -= data.length;
    this.compact();
    return taken;
  }

  clear(): void {
    this.packets = [];
    this.first = 0;
    this.bytes = 0;
  }

  /** Moves the rest to the front where that is less than what was taken, so that each datagram is moved once at most on average. */
  private compact(): void {
    if (this.first < this.packets.length - this.first) return;
    this.packets = this.packets.slice(this.first);
    this.first = 0;
  }
}
