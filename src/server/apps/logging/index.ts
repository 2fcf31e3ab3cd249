export { AccessLog } from "./access-log.ts";
export { LOGGING_SCHEMA, type LoggingConfig, PLANNED_LOG_KEYS } from "./logging-config.ts";
export { Logs, openLogs } from "./logs.ts";
export { requestRecord } from "./request-record.ts";
