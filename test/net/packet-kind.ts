import type { Endpoint, PacketConn } from "../../src/net/index.ts";
import type { PairTime } from "./conn-kind.ts";

/** What the suite may expect of a kind of PacketConn. */
export interface PacketTraits {
  /** Whether an empty datagram comes as one. */
  readonly hasEmptyPackets: boolean;
  /** The longest datagram that is sure to pass. */
  readonly largest: number;
  /** Whether one that is too long for the kind is refused with EMSGSIZE; its length. */
  readonly tooLarge: number;
  /** Whether what nobody receives is dropped and counted; otherwise its sender is held back. */
  readonly drops: boolean;
  /** Whether a connected one learns by ECONNREFUSED that its peer is gone. */
  readonly isRefused: boolean;
  /** Whether the peer's close ends receiving. */
  readonly hasEnd: boolean;
}

/** Two PacketConns that reach each other. */
export interface PacketPair {
  readonly a: PacketConn;
  readonly b: PacketConn;
  /** What `a` names to send to `b`; undefined where it is connected to it. */
  readonly toB: Endpoint | undefined;
  readonly toA: Endpoint | undefined;
}

/** A kind of PacketConn, as the suite sees it. */
export interface PacketKind {
  readonly name: string;
  readonly traits: PacketTraits;
  /** Two that reach each other, both timed by `time` where it is given. */
  pair(time?: PairTime): Promise<PacketPair>;
  /** Gives back what `pair` made besides the PacketConns. */
  dispose?(): Promise<void>;
}
