export { ConfigError, type ConfigPath, formatConfigPath } from "./config-error.ts";
export { decode } from "./decode.ts";
export {
  type ConfigSchema,
  defineModule,
  type HandlerInstance,
  type Instance,
  type MatcherInstance,
  type ModuleDefinition,
} from "./definition.ts";
export { Loader } from "./loader.ts";
export type { LoaderOptions, Named } from "./loader-options.ts";
export { nearestName } from "./nearest-name.ts";
export type { ModuleLog, ProvisionContext } from "./provision-context.ts";
export { type RegisteredModule, Registry } from "./registry.ts";
export { bindHandler, ERROR_VAR } from "./routes.ts";
export type { Template } from "./template.ts";
export { UsagePool } from "./usage-pool.ts";
