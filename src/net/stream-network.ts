/** TCP over either family, or over one. */
export type TcpNetwork = "tcp" | "tcp4" | "tcp6";

/** What carries a byte stream, and so gives a Conn. */
export type StreamNetwork = TcpNetwork | "unix";
