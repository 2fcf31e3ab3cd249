import { formatListenAddress } from "../config/index.ts";
import { ServerInstance } from "./server-instance.ts";

/** What a config that can be served says. */
export interface ValidConfig {
  readonly warnings: readonly string[];
  /** Where it would listen. */
  readonly addresses: readonly string[];
}

/** Provisions a config and gives everything back, so that whatever is wrong with it shows. Makes no file and no folder. Throws ConfigError. */
export async function validateConfig(config: unknown, baseDir: string): Promise<ValidConfig> {
  const instance = await ServerInstance.provision(config, baseDir, { quiet: true, dry: true });
  const { warnings } = instance;
  const addresses = instance.addresses.map(formatListenAddress);
  await instance.stop(0);
  return { warnings, addresses };
}
