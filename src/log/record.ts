import type { Level } from "./level.ts";

/** Values by name. What JSON cannot hold is written as its text; an Error as its message, with its causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One line of a log before it is encoded. */
export interface LogRecord {
  readonly level: Level;
  /** Unix time in milliseconds. */
  readonly time: number;
  /** The logger's name, its parts joined by dots; "" for the root. */
  readonly logger: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}
