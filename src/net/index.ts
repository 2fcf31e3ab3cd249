export { type CallbackFaultHandler, onCallbackFault } from "./callback-fault.ts";
export { type ActivatedDescriptor, activatedDescriptors, type ActivationOptions } from "./activation.ts";
export type { Conn, ConnTraffic, ConnTraits, Sink, WaitOptions } from "./conn.ts";
export type { OnDescriptor } from "./descriptor-acceptor.ts";
export { DescriptorConn, type DescriptorMessage, MAX_DESCRIPTORS } from "./descriptor-conn.ts";
export {
  dialDescriptors,
  DescriptorListener,
  type DescriptorNetwork,
  descriptorPair,
  listenDescriptors,
} from "./descriptor-listener.ts";
export { dialDescriptor } from "./dial-descriptor.ts";
export { dialFirst } from "./dial-first.ts";
export type { DialOptions } from "./dial-options.ts";
export type { DialAttempt, DialTrace } from "./dial-trace.ts";
export { dial } from "./dial.ts";
export type { Endpoint } from "./endpoint.ts";
export type { ListenOptions } from "./listen-options.ts";
export { listen } from "./listen.ts";
export type { HappyEyeballsTimes } from "./happy-eyeballs-machine.ts";
export {
  ACCESS_DENIED,
  groupNumbers,
  type GroupNumbers,
  type GroupService,
  type GroupServiceOptions,
  serveGroups,
  TOO_MANY_MEMBERS,
  WELCOME,
} from "./group-auth.ts";
export type { Listener, OnConn } from "./listener.ts";
export { listenAddr } from "./listen-addr.ts";
export { lookupAddrs, type LookupOptions } from "./lookup-addrs.ts";
export { NET_ERROR_CODES, NetError, type NetErrorCode, type NetErrorInit, type TimeLimit } from "./net-error.ts";
export { notify, type NotifyOptions, type ServiceState, watchdogInterval } from "./notify.ts";
export { copyToOutput, inCallback, output, OUTPUT_MAX } from "./output.ts";
export type {
  OutgoingPacket,
  Packet,
  PacketConn,
  PacketListener,
  PacketSink,
  PacketTraffic,
  ReceivedInto,
} from "./packet-conn.ts";
export { PipeAddress } from "./pipe-address.ts";
export { UnknownAddress } from "./unknown-address.ts";
export { pipe, type PipeOptions } from "./pipe.ts";
export { type AddressAnswer, type IpNetwork, ipNetworkOf, type Resolver, systemResolver } from "./resolver.ts";
export { threadWheel } from "./runtime.ts";
export { removeStaleSocket } from "./stale-socket.ts";
export { StreamConn } from "./stream-conn.ts";
export type { Control, SocketOptions } from "./socket-options.ts";
export type { StreamNetwork, TcpNetwork } from "./stream-network.ts";
export type { TcpControl } from "./tcp-control.ts";
export { fromSystemError } from "./system-error.ts";
export {
  type ParsedProxyHeader,
  PROXY_TLV,
  type ProxiedEnds,
  type ProxiedIpEnds,
  type ProxiedUnixEnds,
  type ProxyHeader,
  type ProxyHeaderLimits,
  type ProxyTlv,
} from "./proxy-header.ts";
export { encodeProxyHeader, parseProxyHeader } from "./proxy-header-wire.ts";
export { expectProxyHeaders, proxyHeaderOf, type ProxyListenerOptions, type ProxyPolicy } from "./proxy-listener.ts";
export {
  receiveOptionalProxyHeader,
  receiveProxyHeader,
  type ReceiveProxyHeaderOptions,
} from "./receive-proxy-header.ts";
export {
  listSockets,
  type SocketEntry,
  type SocketListOptions,
  type SocketNetwork,
  type SocketTimer,
} from "./socket-list.ts";
export { type SocketProblem, socketProblems } from "./socket-problem.ts";
export { portOf, type PortOf } from "./service-port.ts";
export { absoluteLimits, type StepLimits } from "./wait-limits.ts";
export { summarizeTcpPing, tcpPing, type TcpPingOptions, type TcpPingReply, type TcpPingSummary } from "./tcp-ping.ts";
export type { UnixDialOptions, UnixListenOptions, UnixPacketNetwork } from "./unix-options.ts";
export type { UnixControl } from "./unix-control.ts";
export { readableOf, writableOf } from "./web-streams.ts";
export { type GroupOptions, UdpConn, type UdpConnInit } from "./udp-conn.ts";
export type { UdpDialOptions, UdpListenOptions, UdpNetwork, UdpOptions } from "./udp-options.ts";
