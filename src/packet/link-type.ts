/** The link types that are decoded here, by the numbers of the registry that pcap and pcapng share (LINKTYPE_…). Others may stand in a file. */
export const LINK_TYPE = {
  /** Ethernet II and IEEE 802.3, without frame check sequence. */
  ETHERNET: 1,
  /** IPv4 or IPv6, by the version in the first byte. */
  RAW: 101,
  /** Linux "cooked" capture. */
  LINUX_SLL: 113,
  IPV4: 228,
  IPV6: 229,
  /** Linux "cooked" capture, version 2: what `-i any` gives today. */
  LINUX_SLL2: 276,
} as const;
