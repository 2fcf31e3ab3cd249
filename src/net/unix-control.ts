import { type PeerCredentials, peerCredentials, peerGroups } from "../sys/index.ts";
import type { NetError } from "./net-error.ts";
import { fromSystemError } from "./system-error.ts";

/** What a connected Unix socket (stream or unixpacket) tells of its peer. */
export interface UnixControl {
  /**
   * Who the peer is. A snapshot that the kernel took when the peer called connect(), or, asked by the side that connected, when the other called listen(): whoever the
   * descriptor has been given to since, and whatever user that process has become, is not in it. Throws NetError.
   */
  peerCredentials(): PeerCredentials;
  /**
   * The numbers of the peer's groups at that moment, each once: its effective group and its supplementary ones. They are those that the process had, not those that the user database gives its
   * user now. Throws NetError.
   */
  peerGroups(): readonly number[];
}

/** The UnixControl of whatever has a descriptor. */
export class SocketUnix implements UnixControl {
  private readonly conn: { readonly network: string; readonly fd: number };

  constructor(conn: { readonly network: string; readonly fd: number }) {
    this.conn = conn;
  }

  peerCredentials(): PeerCredentials {
    return this.ask(peerCredentials);
  }

  peerGroups(): readonly number[] {
    return this.ask((fd) => [...new Set([peerCredentials(fd).gid, ...peerGroups(fd)])]);
  }

  private ask<Answer>(of: (fd: number) => Answer): Answer {
    const { fd, network } = this.conn;
    try {
      return of(fd);
    } catch (error) {
      throw this.failure(error, network);
    }
  }

  private failure(error: unknown, network: string): NetError {
    return fromSystemError(error, { op: "getsockopt", network });
  }
}
