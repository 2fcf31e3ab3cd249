import { InvalidArgumentError } from "commander";
import { servicePort, tryParsePort } from "../addr/index.ts";
import { durationMs } from "../clock/index.ts";

/** A whole number of a flag. */
export function parseInteger(text: string): number {
  if (!/^[-+]?\d{1,9}$/.test(text)) throw new InvalidArgumentError("it is no whole number.");
  return Number(text);
}

/** A duration of a flag, in milliseconds. */
export function parseMs(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined || ms < 0) throw new InvalidArgumentError('it is no duration: write "500ms", "1s" or "2m".');
  return ms;
}

/** Whole milliseconds as a flag takes them, in the largest unit that has no fraction: "1h", "90s". */
export function formatMs(ms: number): string {
  const [unit, length] = UNITS.find(([, length]) => ms >= length && ms % length === 0) ?? ["ms", 1];
  return `${ms / length}${unit}`;
}

const UNITS = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** A port of a flag: a number, or the name of a service. */
export function parsePort(text: string): number {
  const port = tryParsePort(text) ?? servicePort(text, "tcp");
  if (port === undefined) throw new InvalidArgumentError("it is no number from 0 to 65535 and no service's name.");
  return port;
}

/** Gathers the values of a flag that may be repeated: one of commander's own kind would swallow the arguments behind it, too. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
