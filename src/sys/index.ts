export { acceptPending } from "./accept-pending.ts";
export { makeConnectingSocket } from "./connecting-socket.ts";
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
  type ListeningSocket,
  makeListeningSocket,
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
export { SystemError } from "./system-error.ts";
