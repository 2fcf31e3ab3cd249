export { ConfigError, type ConfigPath, formatConfigPath } from "./config-error.ts";
export {
  type ConfigSchema,
  defineModule,
  type HandlerInstance,
  type Instance,
  type MatcherInstance,
  type ModuleDefinition,
} from "./definition.ts";
export type { ModuleLog, ProvisionContext } from "./provision-context.ts";
export type { Template } from "./template.ts";
export { UsagePool } from "./usage-pool.ts";
