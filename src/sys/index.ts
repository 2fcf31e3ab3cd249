export { acceptOne, acceptPending } from "./accept-pending.ts";
export { beginConnect, type ClientSocketOptions, makeClientSocket, type StreamTarget } from "./connecting-socket.ts";
export { type ControlMessage, controlSpace, descriptorControl, descriptorsIn } from "./control-message.ts";
export {
  closeDescriptor,
  type DescriptorLimit,
  descriptorLimit,
  duplicateDescriptor,
  freeDescriptors,
  raiseDescriptorLimit,
  stopBlocking,
} from "./descriptor.ts";
export { BATCH_MAX, type DatagramBatch, type DatagramToSend, sendDatagrams, threadBatch } from "./datagram-batch.ts";
export { isLastSender, lastSender, receiveDatagram, sendDatagram } from "./datagram.ts";
export { DescriptorGuard, type DescriptorSource, descriptorGuard, type Holdable } from "./descriptor-guard.ts";
export { dieWithParent } from "./die-with-parent.ts";
export { endSending, resetSocket } from "./end-socket.ts";
export { ERRNO, errnoName } from "./errno.ts";
export { isRecordsEnd } from "./hang-up.ts";
export { type InheritedDescriptor, inheritDescriptor, takeInherited } from "./inherited-descriptor.ts";
export {
  lacksIpv6,
  type ListeningSocket,
  type ListeningSteps,
  makeListeningSocket,
  planListening,
  setBacklog,
  type TcpListeningSocket,
  type UnixListeningSocket,
} from "./listening-socket.ts";
export { interfaceIndex } from "./interface-index.ts";
export {
  MESSAGE_FLAGS,
  type ReceivedMessage,
  receiveMessage,
  type ReceiveMessageOptions,
  sendMessage,
  type SendMessageOptions,
} from "./message.ts";
export { changeMembership, type GroupMembership, type MulticastOptions, setMulticast } from "./multicast.ts";
export { enterNetworkNamespace, insideNetworkNamespace, makeNetworkNamespace } from "./network-namespace.ts";
export { openBeneath, openDirectory } from "./open-beneath.ts";
export {
  destinationKeyV6,
  destinationV4,
  destinationV6,
  findPacketInfo,
  replySourceV4,
  sourceControlV4,
  sourceControlV6,
} from "./packet-info.ts";
export { type PeerCredentials, peerCredentials, peerGroups } from "./peer-credentials.ts";
export { PagePool } from "./page-pool.ts";
export { PollSet } from "./poll-set.ts";
export { type Readiness, watchReadiness } from "./readiness.ts";
export { reapChildren } from "./reap-children.ts";
export { type RingLoop, ringLoop, type RingTask } from "./ring-loop.ts";
export { senderKeyV6, senderV4, senderV6 } from "./sender-address.ts";
export { sendFile } from "./send-file.ts";
export { sharePort } from "./share-port.ts";
export { removeFile, SocketFile } from "./socket-file.ts";
export { SOCKET_TYPE } from "./make-socket.ts";
export { makeSocketPair } from "./socket-pair.ts";
export {
  decodeSocketAddress,
  encodeIpAddress,
  encodeUnixAddress,
  peerAddress,
  socketAddress,
} from "./socket-address.ts";
export { type SocketQueues, socketQueues } from "./socket-queues.ts";
export {
  applyStreamOptions,
  type KeepAlive,
  type SocketFamily,
  socketFamily,
  type StreamSocketOptions,
} from "./stream-options.ts";
export { SystemError } from "./system-error.ts";
export {
  decodeTcpInfo,
  TCP_STATES,
  tcpInfo,
  type TcpCongestionState,
  type TcpInfo,
  type TcpState,
} from "./tcp-info.ts";
export { openTapDevice, readFrame, writeFrame } from "./tap-device.ts";
export { type InetSocketState, inetSockets, unixSockets, type UnixSocketState } from "./socket-diagnosis.ts";
export { type SocketOwner, socketOwners } from "./socket-owners.ts";
export {
  autobindUnixSocket,
  bindUnixSocket,
  connectUnixSocket,
  connectUnixSocketTo,
  isUnixSocketBound,
  listenUnixSocket,
  makeUnixSocket,
  type SocketFileAccess,
} from "./unix-socket.ts";
export {
  bindIpSocket,
  connectUdpSocket,
  knownPathMtu,
  makeUdpSocket,
  type PathMtu,
  pathMtuTo,
  receiveDestinations,
  udpAddress,
  type UdpSocketOptions,
} from "./udp-socket.ts";
