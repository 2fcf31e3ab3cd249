// The server in one door: run a config, check one, write a module. The rooms below have the rest.
export { type LoadedConfig, loadConfig } from "./config/index.ts";
export {
  ConfigError,
  defineModule,
  type HandlerInstance,
  type MatcherInstance,
  type ModuleDefinition,
  type ProvisionContext,
} from "./module/index.ts";
export { runServer, type RunOptions, validateConfig, type ValidConfig } from "./process/index.ts";
