/** How grave a record is, in the order of gravity. */
export type Level = "debug" | "info" | "warn" | "error" | "panic" | "fatal";

/** The rank of each level: a core takes records at or above its own. */
export const LEVEL_RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3, panic: 4, fatal: 5 };

/** Reads a level's name without regard to case ("WARN" and "warning" too); undefined when it is none. */
export function tryParseLevel(text: string): Level | undefined {
  const lower = text.toLowerCase();
  if (lower === "warning") return "warn";
  return Object.hasOwn(LEVEL_RANK, lower) ? (lower as Level) : undefined;
}
