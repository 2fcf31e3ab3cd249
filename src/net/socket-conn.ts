import { Addr, AddrPort, UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import { socketQueues } from "../sys/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { Endpoint } from "./endpoint.ts";
import { sendFileRange } from "./file-range.ts";
import { FileSend } from "./file-send.ts";
import { Linger } from "./linger.ts";
import type { NetError } from "./net-error.ts";
import { enterCallback, leaveCallback } from "./output.ts";
import { SocketTcp } from "./socket-tcp.ts";
import { StreamConn } from "./stream-conn.ts";
import { fromSystemError } from "./system-error.ts";
import type { TcpControl } from "./tcp-control.ts";
import { SocketUnix, type UnixControl } from "./unix-control.ts";

/** A runtime socket whose data is our Conn. */
export type RawSocket = Bun.Socket<SocketConn>;

/** A TCP or Unix stream socket. */
export class SocketConn extends StreamConn {
  readonly network: string;
  private readonly raw: RawSocket;
  private readonly path: string | undefined;
  private localEnd: Endpoint | undefined = undefined;
  private remoteEnd: Endpoint | undefined = undefined;
  private control: SocketTcp | undefined = undefined;
  private lingering: Linger | undefined = undefined;
  private shutDown = false;
  private down = false;
  /** See SocketOptions; to be changed by `tcp.setLinger`. */
  lingerMs = -1;

  /** `path`: that of a Unix socket; `remote`: the other end, where it is known without asking. */
  constructor(raw: RawSocket, network: string, wheel: TimerWheel, path: string | undefined, remote?: Endpoint) {
    super(wheel);
    this.raw = raw;
    this.network = network;
    this.path = path;
    this.remoteEnd = remote;
    raw.data = this;
  }

  get local(): Endpoint {
    this.localEnd ??=
      this.path === undefined ? endpoint(this.raw.localAddress, this.raw.localPort) : new UnixAddress(this.path);
    return this.localEnd;
  }

  get remote(): Endpoint {
    this.remoteEnd ??=
      this.path === undefined ? endpoint(this.raw.remoteAddress, this.raw.remotePort) : new UnixAddress(this.path);
    return this.remoteEnd;
  }

  /** For a socket that the runtime does not name the ends of. */
  setEnds(local: Endpoint, remote: Endpoint): void {
    this.localEnd = local;
    this.remoteEnd = remote;
  }

  get fd(): number {
    return (this.raw as RawSocket & { readonly fd: number }).fd;
  }

  get tcp(): TcpControl | undefined {
    if (this.path === undefined) this.control ??= new SocketTcp(this);
    return this.control;
  }

  get unix(): UnixControl | undefined {
    return this.path === undefined ? undefined : new SocketUnix(this);
  }

  unref(): void {
    this.raw.unref();
  }

  ref(): void {
    this.raw.ref();
  }

  async sendFile(fd: number, offset: number, length: number, options?: WaitOptions): Promise<number> {
    const { raw } = this;
    const send = (file: number, at: number, count: number): number => sendFileRange(raw, this.fd, file, at, count);
    return this.fileOut(new FileSend(fd, offset, length, send), options);
  }

  protected rawWrite(bytes: Uint8Array, start: number, end: number): number {
    return this.raw.write(bytes, start, end - start);
  }

  protected rawPause(): void {
    this.raw.pause();
  }

  protected rawResume(): void {
    this.raw.resume();
  }

  protected rawShutdown(): void {
    this.raw.shutdown();
  }

  protected rawClose(): void {
    if (!this.lingers) this.raw.end();
    else if (this.lingerMs === 0) this.raw.terminate();
    else {
      this.shutDown = true;
      this.raw.shutdown();
    }
  }

  override async close(): Promise<void> {
    const closed = super.close();
    if (this.lingers && this.lingering === undefined && !this.down) this.linger();
    return closed;
  }

  private get lingers(): boolean {
    return this.lingerMs >= 0 && this.path === undefined;
  }

  /** Closes when the peer has everything, or resets when the time is over, whatever waits here by then. */
  private linger(): void {
    const isAcknowledged = (): boolean => this.shutDown && socketQueues(this.fd).unacknowledged === 0;
    const done = (acknowledged: boolean): void => {
      if (acknowledged) this.raw.end();
      else this.raw.terminate();
    };
    if (this.lingerMs === 0) this.raw.terminate();
    else this.lingering = new Linger(this.wheel.clock, this.lingerMs, isAcknowledged, done);
  }

  protected rawAbort(): void {
    this.raw.terminate();
  }

  /** For the handlers below only. */
  socketData(chunk: Uint8Array): void {
    // What comes while it only waits for acknowledgements is for nobody.
    if (this.lingering !== undefined) return;
    // The runtime makes a fresh chunk for each call (a test holds it to that), so that what must wait need not be copied.
    this.received(chunk, true);
  }

  socketEnd(): void {
    this.receivedEnd();
  }

  socketDrain(): void {
    this.becameWritable();
  }

  socketClose(error: unknown): void {
    this.down = true;
    this.lingering?.stop();
    this.gone(error === undefined || error === null ? undefined : this.translate(error));
  }

  private translate(error: unknown): NetError {
    // A socket that is gone no longer says where it was.
    const { network, path } = this;
    const local = path === undefined ? this.localEnd : this.local;
    const remote = path === undefined ? this.remoteEnd : this.remote;
    return fromSystemError(error, { op: "read", network, local, remote });
  }
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  // A socket that is gone no longer says where it was.
  const addr = address === undefined ? undefined : Addr.tryParse(address);
  // A socket for both families gives IPv4 peers as ::ffff:a.b.c.d.
  return new AddrPort(addr === undefined ? Addr.anyV4 : addr.unmap(), port ?? 0);
}

/** Says which function makes the Conn of a socket that opened. */
export type OpenSocket = (raw: RawSocket) => void;

/** The callbacks of a listener's or a dial's sockets: one object for all of them, nothing per connection. */
export function socketHandlers(open: OpenSocket): Bun.SocketHandler<SocketConn> {
  return {
    open(raw) {
      enterCallback();
      try {
        open(raw);
      } finally {
        leaveCallback();
      }
    },
    data(raw, chunk) {
      enterCallback();
      try {
        raw.data.socketData(chunk);
      } finally {
        leaveCallback();
      }
    },
    drain(raw) {
      enterCallback();
      try {
        raw.data.socketDrain();
      } finally {
        leaveCallback();
      }
    },
    end(raw) {
      enterCallback();
      try {
        raw.data.socketEnd();
      } finally {
        leaveCallback();
      }
    },
    close(raw, error) {
      enterCallback();
      try {
        raw.data?.socketClose(error);
      } finally {
        leaveCallback();
      }
    },
    error(raw, error) {
      enterCallback();
      try {
        raw.data?.socketClose(error);
      } finally {
        leaveCallback();
      }
    },
  };
}
