import type { Random } from "../../src/clock/index.ts";

/** A part that is fuzzed. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly string[];
  /** Gives it a case, a byte a character, cut at places of `random`'s choice. Says what went wrong; undefined: nothing. */
  check(text: string, random: Random): string | undefined | Promise<string | undefined>;
}

/** The same bytes with others around them, so that reading beyond either end shows. */
export function surrounded(text: string, before: number): Uint8Array {
  const bytes = new Uint8Array(before + text.length + 16).fill(0x41);
  for (let i = 0; i < text.length; i++) bytes[before + i] = text.charCodeAt(i);
  return bytes;
}
