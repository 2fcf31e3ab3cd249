export { Arp, ARP_OPERATION, arp, type ArpInit, decodeArp } from "./arp.ts";
export { type DecodeOptions, decodePacket } from "./decode-packet.ts";
export { ETHER_TYPE } from "./ether-type.ts";
export {
  decodeEthernet,
  decodeVlanTag,
  Ethernet,
  ethernet,
  type EthernetInit,
  vlan,
  type VlanInit,
  VlanTag,
} from "./ethernet.ts";
export { Flow } from "./flow.ts";
export { type BuildContext, encodePacket, type HeaderBuilder, type IpBuilder } from "./header-builder.ts";
export { decodeIcmp, decodeIcmpv6, Icmp, icmp, type IcmpInit, icmpv6 } from "./icmp.ts";
export { IP_PROTOCOL } from "./ip-protocol.ts";
export { decodeIpv4, Ipv4, ipv4, type Ipv4Init, type Ipv4Option } from "./ipv4.ts";
export { decodeIpv6, Ipv6, ipv6, type Ipv6Init } from "./ipv6.ts";
export {
  decodeIpv6Extension,
  Ipv6Extension,
  ipv6Extension,
  Ipv6Fragment,
  ipv6Fragment,
  type Ipv6FragmentInit,
  isIpv6Extension,
} from "./ipv6-extension.ts";
export { Layer, TruncatedError } from "./layer.ts";
export { LINK_TYPE } from "./link-type.ts";
export { decodeLinuxCooked, LinuxCooked } from "./linux-cooked.ts";
export { type AnyLayer, Packet } from "./packet.ts";
export { type PcapHeader, type PcapPacket, PcapReader, type PcapReaderOptions } from "./pcap-reader.ts";
export { PcapWriter, type PcapWriterInit } from "./pcap-writer.ts";
export type {
  PacketDirection,
  PcapngBlock,
  PcapngInterface,
  PcapngNames,
  PcapngPacket,
  PcapngSecrets,
  PcapngSection,
  PcapngStatistics,
  PcapngUnknown,
} from "./pcapng-block.ts";
export { SECRETS_TYPE } from "./pcapng-format.ts";
export type { PcapngOption } from "./pcapng-option.ts";
export { PcapngReader, type PcapngReaderOptions } from "./pcapng-reader.ts";
export {
  type PcapngInterfaceInit,
  type PcapngPacketInit,
  type PcapngSectionInit,
  type PcapngStatisticsInit,
  PcapngWriter,
} from "./pcapng-writer.ts";
export { decodeTcp, Tcp, tcp, TCP_FLAGS, type TcpInit } from "./tcp.ts";
export type { SackBlock, TcpOption } from "./tcp-option.ts";
export { TcpStream, type TcpStreamInit } from "./tcp-stream.ts";
export { decodeUdp, Udp, udp, type UdpInit } from "./udp.ts";
export {
  type ChecksumFault,
  checksumState,
  type ChecksumState,
  verifyChecksums,
  type VerifyOptions,
} from "./verify-checksums.ts";
