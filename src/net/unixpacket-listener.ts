import { UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { SocketFile } from "../sys/index.ts";
import { ConnAcceptor } from "./conn-acceptor.ts";
import { NetError } from "./net-error.ts";
import type { PacketConn, PacketListener } from "./packet-conn.ts";
import { UnixpacketConn } from "./unixpacket-conn.ts";

/** What a UnixpacketListener listens on. */
export interface UnixpacketListenerInit {
  /** A socket that listens. The listener owns it. */
  readonly fd: number;
  readonly path: string;
  readonly wheel: TimerWheel;
  /** The file that was bound here, to be removed when it closes. */
  readonly file: SocketFile | undefined;
}

/** Accepts seqpacket connections as somebody asks for them; the others wait with the system, also while descriptors are short. */
export class UnixpacketListener implements PacketListener {
  readonly network = "unixpacket";
  readonly local: UnixAddress;
  private readonly acceptor: ConnAcceptor<PacketConn>;

  /** Throws SystemError; the descriptor is then still the caller's. */
  constructor(init: UnixpacketListenerInit) {
    const { fd, file, path, wheel } = init;
    this.local = new UnixAddress(path);
    const open = (accepted: number): PacketConn => new UnixpacketConn(accepted, this.local, new UnixAddress(""), wheel);
    this.acceptor = new ConnAcceptor({ fd, file, open });
  }

  async accept(): Promise<PacketConn | null> {
    this.mustNotServe();
    return this.acceptor.accept();
  }

  serve(onConn: (conn: PacketConn) => void): void {
    this.mustNotServe();
    this.acceptor.serve(onConn);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PacketConn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  async close(): Promise<void> {
    this.acceptor.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.acceptor.close();
  }

  private mustNotServe(): void {
    if (!this.acceptor.serves) return;
    throw new NetError({ op: "accept", network: this.network, code: "EBUSY", local: this.local });
  }
}
