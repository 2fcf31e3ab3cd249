import type { Conn } from "../net/index.ts";

/** What a Conn that works through another has of that one's, where it has it. */
export type PassedOn = {
  -readonly [Member in "beneath" | "setEnds" | "ref" | "unref"]?: Exclude<Conn[Member], undefined>;
};

/**
 * Gives a Conn what the one beneath can do without moving a byte: `setEnds`, `ref` and `unref`. `tcp` and `unix`, which may change, are the outer Conn's own getters. What moves bytes past the outer one, `sendFile` and `fd`,
 * stays hidden.
 */
export function passOn(outer: PassedOn, inner: Conn): void {
  outer.beneath = inner;
  if (inner.setEnds !== undefined) outer.setEnds = (local, remote) => inner.setEnds?.(local, remote);
  if (inner.unref !== undefined) outer.unref = () => inner.unref?.();
  if (inner.ref !== undefined) outer.ref = () => inner.ref?.();
}
