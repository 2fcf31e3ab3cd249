/** The block types of pcapng (draft-ietf-opsawg-pcapng) that are read and written here. */
export const BLOCK = {
  SECTION: 0x0a0d_0d0a,
  INTERFACE: 1,
  /** Obsolete; read only. */
  PACKET: 2,
  SIMPLE_PACKET: 3,
  NAMES: 4,
  STATISTICS: 5,
  ENHANCED_PACKET: 6,
  SECRETS: 10,
} as const;

/** By it a section says in which order its bytes stand. */
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;

/** What surrounds the body of a block: its type, and its length before and behind. */
export const BLOCK_OVERHEAD = 12;

/** Option codes, of all blocks and of single ones. */
export const OPTION = {
  END: 0,
  COMMENT: 1,
  SECTION_HARDWARE: 2,
  SECTION_OS: 3,
  SECTION_APPLICATION: 4,
  INTERFACE_NAME: 2,
  INTERFACE_DESCRIPTION: 3,
  INTERFACE_RESOLUTION: 9,
  INTERFACE_FILTER: 11,
  INTERFACE_OS: 12,
  INTERFACE_OFFSET: 14,
  PACKET_FLAGS: 2,
  PACKET_DROPS: 4,
  STATISTICS_RECEIVED: 4,
  STATISTICS_DROPPED: 5,
} as const;

/** What a Decryption Secrets Block holds. */
export const SECRETS_TYPE = {
  /** The lines of an NSS key log, as SSLKEYLOGFILE has them. */
  TLS_KEY_LOG: 0x544c_534b,
  SSH_KEY_LOG: 0x5353_484b,
  WIREGUARD_KEY_LOG: 0x5747_4b4c,
} as const;

/** A name record of a Name Resolution Block. */
export const NAME_RECORD = { END: 0, IPV4: 1, IPV6: 2 } as const;

/** Rounds up to a multiple of 4. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
