import type { Conn, NetError, Sink } from "../../../net/index.ts";

/**
 * Two connections joined after an upgrade: bytes go both ways as they come, a slow reader holds the other side back, a half-close goes
 * through, and a failure on one side resets the other.
 */
export class Tunnel {
  private readonly client: Side;
  private readonly upstream: Side;
  private readonly onEnd: (tunnel: Tunnel) => void;
  private open = 2;

  /** Takes over both Conns, which are in pull mode. `onEnd` is called once, when both are gone. */
  constructor(client: Conn, upstream: Conn, onEnd: (tunnel: Tunnel) => void) {
    this.onEnd = onEnd;
    this.client = new Side(client, this);
    this.upstream = new Side(upstream, this);
    this.client.other = this.upstream;
    this.upstream.other = this.client;
    client.attach(this.client);
    upstream.attach(this.upstream);
  }

  /** Closes both sides, what is queued first. */
  close(): void {
    void this.client.conn.close();
    void this.upstream.conn.close();
  }

  /** One side is gone. */
  sideClosed(): void {
    if (--this.open === 0) this.onEnd(this);
  }

  /** Both have sent their last byte. */
  sideEnded(): void {
    if (this.client.ended && this.upstream.ended) this.close();
  }
}

class Side implements Sink {
  readonly conn: Conn;
  readonly tunnel: Tunnel;
  other!: Side;
  ended = false;

  constructor(conn: Conn, tunnel: Tunnel) {
    this.conn = conn;
    this.tunnel = tunnel;
  }

  data(chunk: Uint8Array): void {
    if (!this.other.conn.send(chunk)) this.conn.pause();
  }

  drain(): void {
    this.other.conn.resume();
  }

  end(): void {
    this.ended = true;
    void this.other.conn.closeWrite();
    this.tunnel.sideEnded();
  }

  close(error?: NetError): void {
    if (error === undefined) void this.other.conn.close();
    else this.other.conn.abort();
    this.tunnel.sideClosed();
  }

  timeout(): void {
    this.conn.abort();
  }
}
