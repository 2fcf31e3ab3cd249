export { acceptPending } from "./accept-pending.ts";
export { beginConnect, type ClientSocketOptions, makeClientSocket, type StreamTarget } from "./connecting-socket.ts";
export { type ControlMessage, controlSpace, decodeControl, encodeControl } from "./control-message.ts";
export {
  closeDescriptor,
  type DescriptorLimit,
  descriptorLimit,
  duplicateDescriptor,
  freeDescriptors,
  raiseDescriptorLimit,
} from "./descriptor.ts";
export { DescriptorGuard, type DescriptorSource, descriptorGuard, type Holdable } from "./descriptor-guard.ts";
export { dieWithParent } from "./die-with-parent.ts";
export { ERRNO, errnoName } from "./errno.ts";
export {
  lacksIpv6,
  type ListeningSocket,
  type ListeningSteps,
  makeListeningSocket,
  planListening,
  type TcpListeningSocket,
  type UnixListeningSocket,
} from "./listening-socket.ts";
export {
  MESSAGE_FLAGS,
  type ReceivedMessage,
  receiveMessage,
  type ReceiveMessageOptions,
  sendMessage,
  type SendMessageOptions,
} from "./message.ts";
export { openBeneath, openDirectory } from "./open-beneath.ts";
export { sendFile } from "./send-file.ts";
export { sharePort } from "./share-port.ts";
export { socketAddress } from "./socket-address.ts";
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
