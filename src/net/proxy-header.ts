import type { AddrPort, UnixAddress } from "../addr/index.ts";

/** The ends of a connection or datagram over IP, as a proxy saw them. */
export interface ProxiedIpEnds {
  readonly transport: "tcp" | "udp";
  readonly source: AddrPort;
  readonly destination: AddrPort;
}

/** The ends of a connection or datagram over a Unix socket, as a proxy saw them. */
export interface ProxiedUnixEnds {
  readonly transport: "unix" | "unixgram";
  readonly source: UnixAddress;
  readonly destination: UnixAddress;
}

export type ProxiedEnds = ProxiedIpEnds | ProxiedUnixEnds;

/** One more thing that a proxy tells, in version 2 of the header. */
export interface ProxyTlv {
  /** 0 to 255; `PROXY_TLV` has the registered ones. */
  readonly type: number;
  readonly value: Uint8Array;
}

/**
 * What a proxy says in front of a connection or datagram about the client that it speaks for (HAProxy's PROXY protocol, revision of 2026-04-27).
 *
 * Without `ends` the connection stands for itself: a health check of the proxy (LOCAL), or a client of a kind that has no address here (UNKNOWN, UNSPEC).
 */
export interface ProxyHeader {
  readonly version: 1 | 2;
  readonly ends?: ProxiedEnds | undefined;
  /** Whether the proxy speaks for itself (version 2's LOCAL). */
  readonly local: boolean;
  /** In the order of the wire, without padding and the checksum, which has been checked; version 1 has none. */
  readonly tlvs: readonly ProxyTlv[];
}

/** The registered types of a ProxyTlv (section 2.2). */
export const PROXY_TLV = {
  ALPN: 0x01,
  AUTHORITY: 0x02,
  CRC32C: 0x03,
  NOOP: 0x04,
  UNIQUE_ID: 0x05,
  SSL: 0x20,
  NETNS: 0x30,
} as const;

/** What `parseProxyHeader` accepts. */
export interface ProxyHeaderLimits {
  /** Which versions; default both. */
  readonly versions?: readonly (1 | 2)[] | undefined;
  /** The longest header of version 2, in bytes; default 4,096. Version 1 has at most 107 by its definition. */
  readonly maxLength?: number | undefined;
}

/** A header, and where it ends. */
export interface ParsedProxyHeader {
  readonly header: ProxyHeader;
  /** Bytes that it took from the beginning. */
  readonly length: number;
}
