import type { Addr } from "../addr/index.ts";
import type { PcapngOption } from "./pcapng-option.ts";

/** Which way a packet went; undefined where the capture does not say. */
export type PacketDirection = "inbound" | "outbound";

/** A section begins: what follows has its byte order, and its interfaces are counted from 0 again. */
export interface PcapngSection {
  readonly kind: "section";
  readonly littleEndian: boolean;
  readonly major: number;
  readonly minor: number;
  /** Bytes of the section without this block; undefined when it is not said. */
  readonly length: bigint | undefined;
  readonly hardware: string | undefined;
  readonly os: string | undefined;
  /** The program that wrote it. */
  readonly application: string | undefined;
  readonly options: readonly PcapngOption[];
}

/** An interface that packets were captured on. */
export interface PcapngInterface {
  readonly kind: "interface";
  /** Its number in the section, from 0. */
  readonly id: number;
  /** A number of LINK_TYPE or another. */
  readonly linkType: number;
  /** The most bytes that were kept of a packet; 0: no limit. */
  readonly snapLength: number;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** The unit of its times: 10 or 2, to the power of -`exponent` seconds. */
  readonly resolution: { readonly base: 2 | 10; readonly exponent: number };
  /** Seconds to be added to its times. */
  readonly offsetSeconds: bigint;
  readonly options: readonly PcapngOption[];
}

/** A packet: an Enhanced, Simple or (obsolete) Packet Block. */
export interface PcapngPacket {
  readonly kind: "packet";
  readonly interface: PcapngInterface;
  /** Nanoseconds of Unix time; undefined for a Simple Packet Block, which has none. */
  readonly timestamp: bigint | undefined;
  /** What was captured. */
  readonly data: Uint8Array;
  /** Its length on the wire. */
  readonly wireLength: number;
  readonly comments: readonly string[];
  readonly direction: PacketDirection | undefined;
  /** Packets that were lost between this one and the one before it. */
  readonly dropped: bigint | undefined;
  readonly options: readonly PcapngOption[];
}

/** Addresses and their names. */
export interface PcapngNames {
  readonly kind: "names";
  readonly names: readonly { readonly addr: Addr; readonly names: readonly string[] }[];
  readonly options: readonly PcapngOption[];
}

/** What an interface counted. */
export interface PcapngStatistics {
  readonly kind: "statistics";
  readonly interface: PcapngInterface;
  /** Nanoseconds of Unix time. */
  readonly timestamp: bigint;
  readonly received: bigint | undefined;
  /** For want of room, by the system or the capturing program. */
  readonly dropped: bigint | undefined;
  readonly options: readonly PcapngOption[];
}

/** Keys with which what was captured can be read. */
export interface PcapngSecrets {
  readonly kind: "secrets";
  /** A number of SECRETS_TYPE or another. */
  readonly secretsType: number;
  readonly data: Uint8Array;
  readonly options: readonly PcapngOption[];
}

/** A block of a type that is not known here. */
export interface PcapngUnknown {
  readonly kind: "unknown";
  readonly type: number;
  readonly body: Uint8Array;
}

/** What stands in a pcapng file. Bytes in it are views of what was given to the reader, or owned where a block came in pieces: copy what must outlive the buffer. */
export type PcapngBlock =
  | PcapngInterface
  | PcapngNames
  | PcapngPacket
  | PcapngSecrets
  | PcapngSection
  | PcapngStatistics
  | PcapngUnknown;
