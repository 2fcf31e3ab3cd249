import type { Conn } from "../net/index.ts";

/**
 * Moves a Conn's read deadline to `idleMs` from now: called for each chunk that comes, it makes a limit on silence, in pull mode (the read that waits fails with ETIMEDOUT) and
 * in push mode (the sink hears `timeout("read")`). Moving a deadline later costs an assignment.
 */
export function extendReadDeadline(conn: Conn, idleMs: number): void {
  conn.readDeadline = conn.wheel.clock.now() + idleMs;
}
