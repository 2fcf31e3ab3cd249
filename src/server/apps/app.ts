import type { Listener } from "../../net/index.ts";
import type { Logger } from "../../log/index.ts";
import type { ListenAddress } from "../config/index.ts";
import type { Instance } from "../module/index.ts";

/** What the process that runs them gives to apps. */
export interface AppHost {
  /** Opens a listening address: on a socket that was handed to this process, or on a fresh one. */
  listen(address: ListenAddress): Promise<Listener>;
  /** The root of every logger. */
  readonly logger: Logger;
}

/** An app: what stands below `apps` in a config. `start` opens its listeners. */
export interface App extends Instance {
  /** Where it listens, known once it is provisioned. */
  readonly addresses: readonly ListenAddress[];
  /** Stops taking connections, lets those it has finish what they are about, and aborts what is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}
