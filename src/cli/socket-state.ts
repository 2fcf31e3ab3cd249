import type { SocketEntry } from "../net/index.ts";
import { TCP_STATES } from "../sys/index.ts";
import { Misuse } from "./misuse.ts";

type SocketState = SocketEntry["state"];

const STATES: readonly SocketState[] = [...TCP_STATES, "UNCONNECTED"];
const BY_LETTERS: ReadonlyMap<string, SocketState> = new Map(STATES.map((state) => [lettersOf(state), state]));

/** Reads a state as people write it: "CLOSE_WAIT", "close-wait", "closewait". Throws Misuse for one that there is not: nothing is in it, which would look like a machine that is well. */
export function parseSocketState(text: string): SocketState {
  const state = BY_LETTERS.get(lettersOf(text));
  if (state === undefined)
    throw new Misuse(`--state: there is no state ${JSON.stringify(text)}; there are ${STATES.join(", ")}`);
  return state;
}

function lettersOf(state: string): string {
  return state.toUpperCase().replaceAll(/[-_]/g, "");
}
