import type { NetError } from "./net-error.ts";

/** What happened to one of the attempts of a TCP dial: its socket is about to connect, it has connected, or it has failed, which the attempts that another one beat do with ECANCELED. */
export interface DialAttempt {
  readonly event: "trying" | "connected" | "failed";
  /** The IP address and port that it goes to. */
  readonly address: string;
  /** With "failed". */
  readonly error?: NetError;
}

/** Hears of the attempts of a dial, as they happen. It must not throw. */
export type DialTrace = (attempt: DialAttempt) => void;
