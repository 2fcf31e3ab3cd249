export type { RunOptions } from "./run-options.ts";
export { runServer } from "./run-server.ts";
export { ServerInstance } from "./server-instance.ts";
export { validateConfig, type ValidConfig } from "./validate-config.ts";
