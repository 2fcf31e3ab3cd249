import type { Conn } from "../../net/index.ts";

/** How often a slow reader is looked at before its time is up, so that it has at most a quarter more. */
const LOOKS = 4;

/** Watches a peer that is slow to take what was written, by the write deadline of its Conn. Made when a connection first needs one, and kept. */
export class WriteWatch {
  private readonly conn: Conn;
  private readonly idleMs: number;
  private takenBefore = 0;
  /** When the peer was last seen to have taken something. */
  private progressAt = 0;

  constructor(conn: Conn, idleMs: number) {
    this.conn = conn;
    this.idleMs = idleMs;
  }

  /** Gives the peer the whole time from now on. */
  begin(now: number): void {
    this.takenBefore = this.taken;
    this.progressAt = now;
    this.conn.writeDeadline = now + this.idleMs / LOOKS;
  }

  /** The write deadline has passed: whatever the peer took gives it the whole time again. False: it took nothing for that long. */
  goesOn(now: number): boolean {
    const until = this.progressAt + this.idleMs;
    if (this.taken > this.takenBefore) this.begin(now);
    else if (now < until) this.conn.writeDeadline = Math.min(now + this.idleMs / LOOKS, until);
    else return false;
    return true;
  }

  private get taken(): number {
    return this.conn.traffic.bytesWritten - this.conn.queued;
  }
}
