/** What an Ethernet frame carries (IEEE 802 numbers, RFC 9542): the ones known here. */
export const ETHER_TYPE = {
  IPV4: 0x0800,
  ARP: 0x0806,
  /** IEEE 802.1Q: a VLAN tag follows. */
  VLAN: 0x8100,
  IPV6: 0x86dd,
  /** IEEE 802.1ad, the outer tag of QinQ. */
  SERVICE_VLAN: 0x88a8,
} as const;
