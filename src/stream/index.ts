export type { BackoffOptions } from "./backoff.ts";
export { ConnHeartbeat, type ConnHeartbeatOptions } from "./conn-heartbeat.ts";
export { Heartbeat, HEARTBEAT_INTERVAL_MS, type HeartbeatOptions } from "./heartbeat.ts";
export { extendReadDeadline } from "./idle-deadline.ts";
export { limitRate, type RateLimits } from "./limit-rate.ts";
export { PacketRelay, type PacketRelayOptions, type PacketRelayStats } from "./packet-relay.ts";
export { readFull, readThrough, readUpTo } from "./read-full.ts";
export { RelayServer, type RelayServerOptions } from "./relay-server.ts";
export type { RelayStats } from "./relay-tally.ts";
export { relay, type RelayEnd, type RelayFailure, type RelayOptions, type RelayResult } from "./relay.ts";
export { RingRelay, type RingRelayOptions } from "./ring-relay.ts";
export { retry, type RetryOptions } from "./retry.ts";
export { scanBytes, scanDelimiter, scanLines, scanWords, type SplitFunction, type SplitStep } from "./scan-split.ts";
export { Scanner, type ScannerOptions, TokenTooLong } from "./scanner.ts";
export { TlvTooLarge, TlvTruncated, TlvUnknownType, TlvWrongType } from "./tlv-error.ts";
export { type AnyTlvType, TLV_TYPES, tlvBinary, tlvString, type TlvType } from "./tlv-type.ts";
export { encodeTlv, TLV_HEADER_BYTES, TLV_MAX_BYTES, TlvDecoder, type TlvRules } from "./tlv-wire.ts";
export { readAnyTlv, readTlv, type TlvReadOptions, type TlvValue, type TlvWriteOptions, writeTlv } from "./tlv.ts";
export { TokenBucket } from "./token-bucket.ts";
export { UnexpectedEnd } from "./unexpected-end.ts";
export { type OutletOptions, TapOverflow } from "./tap-outlet.ts";
export type { TapOptions, TapStats } from "./tap-options.ts";
export { tapToHexdump } from "./tap-to-hexdump.ts";
export { tapToLog, type TapToLogOptions } from "./tap-to-log.ts";
export {
  PcapngCapture,
  type PcapngCaptureOptions,
  type PcapngFileOptions,
  type PcapngTapOptions,
} from "./tap-to-pcapng.ts";
export { CaptureFileError } from "./capture-file-error.ts";
export { tap, type TappedConn } from "./tap.ts";
