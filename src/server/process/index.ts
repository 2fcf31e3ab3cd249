export type { RunOptions } from "./run-options.ts";
export { runServer } from "./run-server.ts";
export { validateConfig, type ValidConfig } from "./validate-config.ts";
