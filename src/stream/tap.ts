import type { Conn } from "../net/index.ts";
import { TapConn } from "./tap-conn.ts";
import type { TapOptions, TapStats } from "./tap-options.ts";

/** A Conn that is listened to. */
export interface TappedConn extends Conn {
  readonly tapStats: TapStats;
}

/**
 * A Conn that behaves as the one given, in both modes, while listeners hear what passes. Use it instead of the other, which goes on beneath: what is done with that one directly is not heard.
 *
 * Listeners never disturb the traffic: what they throw, reject or miss is counted in `tapStats`, and the first of it goes to `onFailure`. `sendFile` and `fd` are not there, because what goes
 * through them would pass unheard; `tcp` and `unix` (options, who the peer is), `setEnds`, `ref` and `unref` are those of the Conn beneath. Each piece that is heard is copied once.
 *
 * @example
 * const conn = tap(await dial("tcp", "127.0.0.1:7"), tapToLog((line) => console.error(line)));
 */
export function tap(conn: Conn, options: TapOptions): TappedConn {
  return new TapConn(conn, options);
}
