import type { Conn, Sink } from "../../net/index.ts";

/** Sends back what comes; a peer that does not read is not read from either. */
export class EchoSink implements Sink {
  private readonly conn: Conn;

  constructor(conn: Conn) {
    this.conn = conn;
  }

  data(chunk: Uint8Array): void {
    if (!this.conn.send(chunk)) this.conn.pause();
  }

  drain(): void {
    this.conn.resume();
  }

  end(): void {
    void this.conn.close();
  }

  close(): void {
    // `done` tells.
  }

  timeout(): void {
    // It sets no deadline.
  }
}
