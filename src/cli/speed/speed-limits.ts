/** Where `netwright speed serve` listens, TCP and UDP: not iperf3's 5201, so that both can run on one machine. */
export const SPEED_PORT = 5210;
/** The version of the protocol. A server refuses every other one. */
export const SPEED_VERSION = 1;

/** The longest message on the control connection. */
export const MESSAGE_MAX_BYTES: number = 16 * 1024;
/** A control connection that was silent for as long is given up. The client pings all the time. */
export const SILENCE_MS = 15_000;
/** How long a connection may take to say what it is, and a test to have all its streams. */
export const JOIN_MS = 10_000;
/** How long a receiver waits for the first bytes, and for the rest once the sender has said that it stopped. */
export const FIRST_MS = 10_000;
export const REST_MS = 1000;

/** What a client may ask for. */
export const STREAMS_MAX = 64;
export const TIME_MAX_MS = 3_600_000;
export const TIME_LEAST_MS = 100;
export const INTERVAL_LEAST_MS = 100;
export const RATE_MAX = 1e12;
/** Bytes of one write, and of one datagram. */
export const WRITE_MAX_BYTES: number = 1024 * 1024;
export const DATAGRAM_MAX_BYTES = 65_507;
export const DATAGRAM_LEAST_BYTES = 20;
