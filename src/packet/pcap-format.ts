/** The first four bytes of a pcap file (draft-ietf-opsawg-pcap): they say the byte order and the unit of time. */
export const PCAP_MAGIC = { MICROSECONDS: 0xa1b2_c3d4, NANOSECONDS: 0xa1b2_3c4d } as const;

export const PCAP_HEADER = 24;
export const PCAP_RECORD = 16;
