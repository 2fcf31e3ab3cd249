import { loadConfig } from "../server/config/index.ts";
import { validateConfig } from "../server/process/index.ts";
import { print } from "./print.ts";

/** The flags of `validate`. */
export interface ValidateFlags {
  readonly config: string;
}

/** `netwright validate`: says whether a config can be served, and what it warns of. */
export async function validate(options: ValidateFlags): Promise<number> {
  const { config, baseDir } = await loadConfig(options.config);
  const { warnings, addresses } = await validateConfig(config, baseDir);
  for (const warning of warnings) console.error(`warning: ${warning}`);
  await print(`${options.config} is valid; it listens on ${addresses.length === 0 ? "nothing" : addresses.join(", ")}`);
  return 0;
}
