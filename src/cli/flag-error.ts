import { ConfigError, type ConfigPath } from "../server/module/index.ts";
import { Misuse } from "./misuse.ts";

/** What a flag of a short command became in the config that the command made. */
export interface FlagPlace {
  /** The flag, such as "--listen", or what else the user typed. */
  readonly flag: string;
  /** Where its value stands: errors there and below are the flag's. */
  readonly path: ConfigPath;
}

/** An error in a config that a command made, as a Misuse of the flag that the user wrote; any other error as it is. The longest path decides. */
export function explainByFlag(error: unknown, places: readonly FlagPlace[]): unknown {
  if (!(error instanceof ConfigError)) return error;
  const found = places
    .filter(({ path }) => path.every((step, i) => error.path[i] === step))
    .sort((one, other) => other.path.length - one.path.length)[0];
  if (found === undefined) return error;
  const { message } = new ConfigError([found.flag], error.reason, { hint: error.hint });
  return new Misuse(message, { cause: error });
}
