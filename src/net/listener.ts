import type { Conn } from "./conn.ts";
import type { OnDescriptor } from "./descriptor-acceptor.ts";
import type { Endpoint } from "./endpoint.ts";

/** Takes each new Conn, in pull mode; attach to it before returning for the fastest path. Must not throw. */
export type OnConn = (conn: Conn) => void;

/**
 * Accepts Conns: by async iteration, or pushed to `serve`'s callback, one of the two. Until either is asked for, what arrives stays
 * in the system's queue.
 *
 * @example
 * await using listener = await listen("tcp", "127.0.0.1:0");
 * for await (const conn of listener) void handle(conn);
 */
export interface Listener extends AsyncIterable<Conn>, AsyncDisposable {
  readonly network: string;
  /** Where it listens; the port is the real one, also when 0 was asked for. */
  readonly local: Endpoint;
  /** How many Conns it accepted that are still open. */
  readonly open: number;
  /** Pushes every new Conn to `onConn` until the listener is closed. */
  serve(onConn: OnConn): void;
  /**
   * Pushes the descriptor of every new connection, in place of a Conn, to `onDescriptor`, which owns it: non-blocking, counted nowhere. Absent where the kind has none, and on systems other than
   * Linux.
   */
  serveDescriptors?(onDescriptor: OnDescriptor): void;
  /** The next Conn, or null once the listener is closed and its queue empty. */
  accept(): Promise<Conn | null>;
  /**
   * Stops accepting; Conns live on. What is in the system's queue by then is accepted first, so that no connection that the system has completed is reset: `serve`'s
   * callback, or further calls of `accept`, get it before this resolves. A listener that nobody took from yet drops it. Idempotent.
   */
  close(): Promise<void>;
}
