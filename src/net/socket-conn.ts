import { Addr, AddrPort, UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import { peerAddress, socketAddress, socketQueues } from "../sys/index.ts";
import type { WaitOptions } from "./conn.ts";
import { reportCallbackFault } from "./callback-fault.ts";
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
import { UnknownAddress } from "./unknown-address.ts";

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
  /** A send found the peer gone: nothing leaves any more. */
  private lost = false;
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
    this.localEnd ??= this.path === undefined ? this.localAddress() : new UnixAddress(this.path);
    return this.localEnd;
  }

  get remote(): Endpoint {
    this.remoteEnd ??= this.path === undefined ? this.remoteAddress() : new UnixAddress(this.path);
    return this.remoteEnd;
  }

  private localAddress(): Endpoint {
    const { localAddress, localPort } = this.raw;
    return endpoint(localAddress, localPort, () => socketAddress(this.fd));
  }

  private remoteAddress(): Endpoint {
    const { remoteAddress, remotePort } = this.raw;
    return endpoint(remoteAddress, remotePort, () => peerAddress(this.fd));
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
    const taken = this.raw.write(bytes, start, end - start);
    if (taken < 0 && !this.lost) this.lose();
    return taken;
  }

  /**
   * A send that fails takes the system's word of a reset with it: after that the runtime tells of a mere end, and of nothing while it is paused. What the peer sent before, no more than the
   * system's buffer holds, is still to come.
   */
  private lose(): void {
    this.lost = true;
    if (!this.down) this.raw.resume();
  }

  private lossError(): NetError {
    return this.fail("write", this.path === undefined ? "ECONNRESET" : "EPIPE");
  }

  protected rawPause(): void {
    if (!this.lost) this.raw.pause();
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
    this.rememberEnds();
    const closed = super.close();
    if (this.lingers && this.lingering === undefined && !this.down) this.linger();
    return closed;
  }

  override abort(): void {
    this.rememberEnds();
    super.abort();
  }

  /**
   * A socket that is gone no longer says where it was. Asking costs some 6 µs a connection (measured for both ends), which those that are served and used by callbacks do not pay: who
   * needs them asks in time.
   */
  rememberEnds(): void {
    if (this.attached || this.path !== undefined || this.down) return;
    this.localEnd ??= this.localAddress();
    this.remoteEnd ??= this.remoteAddress();
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
    if (this.lost) {
      this.gone(this.lossError());
      this.raw.terminate();
    } else this.receivedEnd();
  }

  socketDrain(): void {
    this.becameWritable();
  }

  socketClose(error: unknown): void {
    this.down = true;
    this.lingering?.stop();
    if (error !== undefined && error !== null) this.gone(this.translate(error));
    else this.gone(this.lost ? this.lossError() : undefined);
  }

  private translate(error: unknown): NetError {
    // A socket that is gone no longer says where it was.
    const { network, path } = this;
    const local = path === undefined ? this.localEnd : this.local;
    const remote = path === undefined ? this.remoteEnd : this.remote;
    return fromSystemError(error, { op: "read", network, local, remote });
  }
}

/** `ask`: the system, which knows the zone of a link-local address as well, and sockets that the runtime does not name the ends of. */
function endpoint(address: string | undefined, port: number | undefined, ask: () => Endpoint): Endpoint {
  const addr = address === undefined ? undefined : Addr.tryParse(address);
  // A socket for both families gives IPv4 peers as ::ffff:a.b.c.d.
  const told = addr === undefined || port === undefined ? undefined : new AddrPort(addr, port).unmap();
  if (told !== undefined && !(told.addr.version === 6 && told.addr.isLinkLocal)) return told;
  try {
    const asked = ask();
    return asked instanceof AddrPort ? asked.unmap() : asked;
  } catch {
    // A socket that is gone no longer says where it was.
    return told ?? new UnknownAddress();
  }
}

/** Says which function makes the Conn of a socket that opened. */
export type OpenSocket = (raw: RawSocket) => void;

/** The callbacks of a listener's or a dial's sockets: one object for all of them, nothing per connection. What a Conn's owner throws in one resets that Conn alone. */
export function socketHandlers(open: OpenSocket): Bun.SocketHandler<SocketConn> {
  return {
    open(raw) {
      enterCallback();
      try {
        open(raw);
      } catch (fault) {
        threw(raw, fault);
      } finally {
        leaveCallback();
      }
    },
    data(raw, chunk) {
      enterCallback();
      try {
        raw.data.socketData(chunk);
      } catch (fault) {
        threw(raw, fault);
      } finally {
        leaveCallback();
      }
    },
    drain(raw) {
      enterCallback();
      try {
        raw.data.socketDrain();
      } catch (fault) {
        threw(raw, fault);
      } finally {
        leaveCallback();
      }
    },
    end(raw) {
      enterCallback();
      try {
        raw.data.socketEnd();
      } catch (fault) {
        threw(raw, fault);
      } finally {
        leaveCallback();
      }
    },
    close(raw, error) {
      enterCallback();
      try {
        raw.data?.socketClose(error);
      } catch (fault) {
        threw(raw, fault);
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

/** The runtime would take an exception for an error of the socket, and leave it open. */
function threw(raw: RawSocket, fault: unknown): void {
  const { data: conn } = raw as { readonly data: SocketConn | undefined };
  reportCallbackFault(fault);
  if (conn === undefined) raw.terminate();
  else conn.abort();
}
