import { Misuse } from "../misuse.ts";
import { SETTINGS } from "./link-setting.ts";

/** Calls a function of a lab's with what the user wrote: what it finds wrong with it is the user's mistake, not one of ours, and is told by the flag. */
export function explain<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof RangeError) throw new Misuse(withFlags(error.message), { cause: error });
    throw error;
  }
}

/** A message in which options of a link are called by their flags. */
function withFlags(message: string): string {
  let text = message;
  for (const [name, { option }] of Object.entries(SETTINGS))
    text = text.replaceAll(new RegExp(`\\b${option}\\b`, "g"), `--${name}`);
  return text;
}
