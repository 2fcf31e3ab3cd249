import {
  applyStreamOptions,
  type KeepAlive,
  socketFamily,
  type SocketQueues,
  socketQueues,
  type StreamSocketOptions,
  type TcpInfo,
  tcpInfo,
} from "../sys/index.ts";
import type { Conn } from "./conn.ts";
import { NetError } from "./net-error.ts";
import { fromSystemError } from "./system-error.ts";
import type { TcpControl } from "./tcp-control.ts";

/** A TCP socket of ours, as far as its control needs it. */
export interface ControlledConn extends Conn {
  readonly fd: number;
  /** See SocketOptions. */
  lingerMs: number;
}

/** The options and the state of a SocketConn over TCP. */
export class SocketTcp implements TcpControl {
  private readonly conn: ControlledConn;

  constructor(conn: ControlledConn) {
    this.conn = conn;
  }

  setNoDelay(on: boolean): void {
    this.apply("setNoDelay", { noDelay: on });
  }

  setKeepAlive(keepAlive: KeepAlive | boolean): void {
    this.apply("setKeepAlive", { keepAlive });
  }

  setLinger(lingerMs: number): void {
    this.apply("setLinger", { resetOnClose: lingerMs === 0 });
    this.conn.lingerMs = lingerMs;
  }

  setUserTimeout(ms: number): void {
    this.apply("setUserTimeout", { userTimeoutMs: ms });
  }

  setReceiveBuffer(bytes: number): void {
    this.apply("setReceiveBuffer", { receiveBufferBytes: bytes });
  }

  setSendBuffer(bytes: number): void {
    this.apply("setSendBuffer", { sendBufferBytes: bytes });
  }

  setTtl(hops: number): void {
    this.apply("setTtl", { ttl: hops });
  }

  setTrafficClass(value: number): void {
    this.apply("setTrafficClass", { trafficClass: value });
  }

  info(): TcpInfo {
    return this.call("info", tcpInfo);
  }

  queues(): SocketQueues {
    return this.call("queues", socketQueues);
  }

  private apply(op: string, options: StreamSocketOptions): void {
    this.call(op, (fd) => applyStreamOptions(fd, socketFamily(fd), options));
  }

  /** The number of a closed descriptor may be somebody else's by now. */
  private call<Result>(op: string, work: (fd: number) => Result): Result {
    const { local, network, remote } = this.conn;
    if (this.conn.closed) throw new NetError({ op, network, code: "EBADF", local, remote });
    try {
      return work(this.conn.fd);
    } catch (error) {
      throw fromSystemError(error, { op, network, local, remote });
    }
  }
}
