import type { NetError } from "../net/index.ts";
import type { OutletOptions } from "./tap-outlet.ts";

/**
 * Who hears what passes a Conn. Bytes are the listener's own. A listener that returns a promise hears nothing more until it has settled; what comes meanwhile waits, up to
 * `maxQueued`, and is dropped beyond that. It must not use the Conn that it listens to.
 */
export interface TapOptions extends OutletOptions {
  /** Bytes were read: told before whoever reads gets them. */
  readonly onRead?: ((bytes: Uint8Array) => void | Promise<void>) | undefined;
  /** Bytes were written: told when the Conn has taken them. */
  readonly onWrite?: ((bytes: Uint8Array) => void | Promise<void>) | undefined;
  /** The peer's end was read. Once. */
  readonly onReadEnd?: (() => void | Promise<void>) | undefined;
  /** This side's end went out. Once. */
  readonly onWriteEnd?: (() => void | Promise<void>) | undefined;
  /** The Conn is over, with its error, if any. Once and last. */
  readonly onClose?: ((error: NetError | undefined) => void | Promise<void>) | undefined;
}

/** What a tap has missed. */
export interface TapStats {
  /** Bytes that the listeners did not get, because they were too slow. */
  readonly dropped: number;
  /** How often a listener failed. */
  readonly failures: number;
}
