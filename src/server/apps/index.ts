export type { App, AppHost } from "./app.ts";
export { httpApp } from "./http/index.ts";
export { LOGGING_SCHEMA, type LoggingConfig, Logs, openLogs, PLANNED_LOG_KEYS } from "./logging/index.ts";
