/** What an IP packet carries, and IPv6's extension headers (IANA's protocol numbers): the ones known here. */
export const IP_PROTOCOL = {
  HOP_BY_HOP: 0,
  ICMP: 1,
  IPV4: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  ROUTING: 43,
  FRAGMENT: 44,
  AUTHENTICATION: 51,
  ICMPV6: 58,
  NO_NEXT_HEADER: 59,
  DESTINATION: 60,
  MOBILITY: 135,
} as const;
