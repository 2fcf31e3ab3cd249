import { IPPROTO_TCP, socketOptionBytes, TCP_INFO } from "./socket-option.ts";

/** The states of a TCP connection (RFC 9293), by Linux's numbers; "NEW_SYN_RECEIVED" is the system's own. */
export const TCP_STATES = [
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECEIVED",
  "FIN_WAIT_1",
  "FIN_WAIT_2",
  "TIME_WAIT",
  "CLOSED",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
  "NEW_SYN_RECEIVED",
] as const;

/** The state of a TCP connection (RFC 9293). */
export type TcpState = (typeof TCP_STATES)[number];

/** What the system's congestion control does: "open" is well, "loss" is after a retransmission time-out. */
export type TcpCongestionState = (typeof CONGESTION_STATES)[number];
const CONGESTION_STATES = ["open", "disorder", "cwr", "recovery", "loss"] as const;

/** What the system knows of a TCP connection (TCP_INFO). What an older kernel does not tell is undefined. */
export interface TcpInfo {
  readonly state: TcpState;
  readonly congestionState: TcpCongestionState;
  /** Time-outs in a row of what is being sent: how often it was sent again without an answer. */
  readonly retransmits: number;
  /** Probes without an answer, of an idle peer or a window that stays closed. */
  readonly probes: number;
  /** How often in a row the wait for an answer was doubled. */
  readonly backoff: number;
  /** Whether data went out with the SYN and was acknowledged (TCP Fast Open). */
  readonly fastOpened: boolean;
  /** Waits for an acknowledgement this long before sending again. */
  readonly retransmitTimeoutMs: number;
  /** Bytes of the largest segment sent, and of the largest seen. */
  readonly sendMss: number;
  readonly receiveMss: number;
  /** Segments that are under way, told of as having come, and held for lost. */
  readonly unackedSegments: number;
  readonly sackedSegments: number;
  readonly lostSegments: number;
  /** Segments sent again that are under way. */
  readonly retransmittingSegments: number;
  /** Segments sent again since the beginning. */
  readonly totalRetransmits: number;
  /** Milliseconds since data was sent, data came, an acknowledgement came. */
  readonly sinceSentMs: number;
  readonly sinceReceivedMs: number;
  readonly sinceAckMs: number;
  /** The path's MTU in bytes, as far as it is known. */
  readonly pathMtu: number;
  /** Round trip: smoothed, its variation, and the least that was seen. The last is undefined while none was measured. */
  readonly rttMs: number;
  readonly rttVarMs: number;
  readonly minRttMs: number | undefined;
  /** Round trip as the receiver sees it; 0: not measured. */
  readonly receiveRttMs: number;
  /** Segments that may be under way, and at how many growth becomes slow. */
  readonly congestionWindow: number;
  readonly slowStartThreshold: number;
  /** Bytes that the peer lets us send, and that we let it send. */
  readonly sendWindow: number | undefined;
  readonly receiveWindow: number | undefined;
  /** Bytes that the receive buffer is planned for. */
  readonly receiveSpace: number;
  readonly bytesAcked: number | undefined;
  readonly bytesReceived: number | undefined;
  readonly bytesSent: number | undefined;
  readonly bytesRetransmitted: number | undefined;
  /** Bytes that wait here and were not sent yet. */
  readonly unsentBytes: number | undefined;
  readonly segmentsOut: number | undefined;
  readonly segmentsIn: number | undefined;
  /** Bytes per second that arrived of late, and whether the sender had no more to give. */
  readonly deliveryRate: number | undefined;
  readonly deliveryIsAppLimited: boolean;
  /** Milliseconds in which something was under way; in which the peer's window was closed; in which the send buffer was too small. */
  readonly busyMs: number | undefined;
  readonly windowLimitedMs: number | undefined;
  readonly bufferLimitedMs: number | undefined;
  /** Segments that came out of order. */
  readonly outOfOrderSegments: number | undefined;
}

/** Longer than the structure of any kernel so far. */
const CAPACITY = 512;
/** Fast Open's data was acknowledged (TCPI_OPT_SYN_DATA). */
const SYN_DATA = 32;
/** What stands for "no limit yet". */
const INFINITE = 0x7fff_ffff;

/** What the system knows of a TCP socket. Throws SystemError: EBADF, EOPNOTSUPP for a socket of another kind. */
export function tcpInfo(fd: number): TcpInfo {
  return decodeTcpInfo(socketOptionBytes(fd, IPPROTO_TCP, TCP_INFO, CAPACITY));
}

/** Reads Linux's `struct tcp_info`; what lies behind the end of a shorter, older one is undefined. */
export function decodeTcpInfo(bytes: Uint8Array): TcpInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number): number | undefined => (at + 4 <= bytes.length ? view.getUint32(at, true) : undefined);
  const u64 = (at: number): number | undefined =>
    at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) : undefined;
  const known = (at: number): number => u32(at) ?? 0;
  const minRtt = u32(148);
  return {
    state: TCP_STATES[view.getUint8(0) - 1] ?? "CLOSED",
    congestionState: CONGESTION_STATES[view.getUint8(1)] ?? "open",
    retransmits: view.getUint8(2),
    probes: view.getUint8(3),
    backoff: view.getUint8(4),
    fastOpened: (view.getUint8(5) & SYN_DATA) !== 0,
    deliveryIsAppLimited: (view.getUint8(7) & 1) !== 0,
    retransmitTimeoutMs: known(8) / 1000,
    sendMss: known(16),
    receiveMss: known(20),
    unackedSegments: known(24),
    sackedSegments: known(28),
    lostSegments: known(32),
    retransmittingSegments: known(36),
    sinceSentMs: known(44),
    sinceReceivedMs: known(52),
    sinceAckMs: known(56),
    pathMtu: known(60),
    rttMs: known(68) / 1000,
    rttVarMs: known(72) / 1000,
    slowStartThreshold: known(76) >= INFINITE ? Number.POSITIVE_INFINITY : known(76),
    congestionWindow: known(80),
    receiveRttMs: known(92) / 1000,
    receiveSpace: known(96),
    totalRetransmits: known(100),
    bytesAcked: u64(120),
    bytesReceived: u64(128),
    segmentsOut: u32(136),
    segmentsIn: u32(140),
    unsentBytes: u32(144),
    minRttMs: minRtt === undefined || minRtt === 0xffff_ffff ? undefined : minRtt / 1000,
    deliveryRate: u64(160),
    busyMs: inMs(u64(168)),
    windowLimitedMs: inMs(u64(176)),
    bufferLimitedMs: inMs(u64(184)),
    bytesSent: u64(200),
    bytesRetransmitted: u64(208),
    outOfOrderSegments: u32(224),
    sendWindow: u32(228),
    receiveWindow: u32(232),
  };
}

function inMs(microseconds: number | undefined): number | undefined {
  return microseconds === undefined ? undefined : microseconds / 1000;
}
