export { ConsoleEncoder } from "./console-encoder.ts";
export { type LogEncoder, describeError, encodeRecord, writeValue } from "./encoder.ts";
export { EpisodeLimit } from "./episode-limit.ts";
export { JsonEncoder, type LogEncoderOptions } from "./json-encoder.ts";
export { LEVEL_RANK, type Level, tryParseLevel } from "./level.ts";
export { LineBuffer } from "./line-buffer.ts";
export { type LogCore, Logger } from "./logger.ts";
export { LossReport, type LossReportOptions } from "./loss-report.ts";
export type { LogFields, LogRecord } from "./record.ts";
export {
  type Defer,
  descriptorSink,
  discardSink,
  type FileSinkOptions,
  LogSink,
  type LogSinkOptions,
  type LossListener,
  openFileSink,
  type WriteBytes,
} from "./sink.ts";
export { TIME_FORMATS, type TimeFormat } from "./time-format.ts";
