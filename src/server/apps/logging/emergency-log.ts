import type { Clock } from "../../../clock/index.ts";
import {
  descriptorSink,
  encodeRecord,
  type Level,
  type LogEncoder,
  type LogFields,
  type LogSink,
} from "../../../log/index.ts";

/** Says on stderr what a log cannot say itself. Nothing is opened before there is something to say, and each line goes out at once. */
export class EmergencyLog {
  private readonly clock: Clock;
  private readonly encoder: LogEncoder;
  private readonly open: () => LogSink;
  private sink: LogSink | undefined = undefined;

  /** `open` is for what is not stderr. */
  constructor(clock: Clock, encoder: LogEncoder, open: () => LogSink = () => descriptorSink(2)) {
    this.clock = clock;
    this.encoder = encoder;
    this.open = open;
  }

  /** Writes one line. Never throws. */
  readonly say = (level: Level, message: string, fields: LogFields): void => {
    this.sink ??= this.open();
    encodeRecord(this.encoder, this.sink.buffer, { level, time: this.clock.wallNow(), logger: "log", message, fields });
    this.sink.flush();
  };
}
