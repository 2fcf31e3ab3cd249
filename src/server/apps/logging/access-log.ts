import type { Clock } from "../../../clock/index.ts";
import type { Exchange } from "../../../http/message/index.ts";
import { LEVEL_RANK, type Level, type LogCore, type Logger } from "../../../log/index.ts";
import { writeSentFields } from "./header-json.ts";
import { LineFrame, MESSAGE } from "./line-frame.ts";
import { writeRequest } from "./request-json.ts";

/** How an access log writes. */
export interface AccessLogOptions {
  /** Whether Authorization, Cookie, Set-Cookie and Proxy-Authorization are written as they are. Default false: "REDACTED". */
  readonly credentials?: boolean;
  readonly clock: Clock;
}

/** A core, and how its lines are framed. */
interface Outlet {
  readonly core: LogCore;
  readonly frame: LineFrame;
}

/**
 * Writes one line an exchange in Caddy's shape. It goes from the request's own bytes to the sink's buffer without an object or a string
 * in between, since a busy server spends as much on this as on answering.
 */
export class AccessLog {
  private readonly outlets: readonly Outlet[];
  private readonly name: string;
  private readonly credentials: boolean;
  private readonly clock: Clock;
  /** The Unix time, and when it was read. */
  private wallTime = 0;
  private wallReadAt = Number.NEGATIVE_INFINITY;

  constructor(logger: Logger, options: AccessLogOptions) {
    this.outlets = logger.cores.map((core) => ({ core, frame: new LineFrame(core.encoder, logger.name) }));
    this.name = logger.name;
    this.credentials = options.credentials === true;
    this.clock = options.clock;
  }

  /** Writes the line of an exchange that has ended; call it from `onFinish`. Answers of 500 and above are errors. */
  record(exchange: Exchange): void {
    const level: Level = exchange.status >= 500 ? "error" : "info";
    const now = this.clock.now();
    for (const outlet of this.outlets) {
      if (LEVEL_RANK[level] < LEVEL_RANK[outlet.core.level]) continue;
      this.write(outlet, level, exchange, now);
      outlet.core.sink.lineEnded();
    }
  }

  private write({ core, frame }: Outlet, level: Level, exchange: Exchange, now: number): void {
    const { encoder } = core;
    const { buffer } = core.sink;
    encoder.begin(buffer, { level, time: this.wallTimeAt(now), logger: this.name, message: MESSAGE });
    buffer.raw(frame.request);
    writeRequest(buffer, exchange, this.credentials);
    const received = exchange.bytesReceived;
    const user = userId(exchange);
    if (received === 0 && user === "") {
      buffer.raw(frame.usual);
    } else {
      buffer.raw(frame.bytesRead);
      buffer.number(received);
      buffer.raw(frame.userId);
      buffer.jsonString(user);
      buffer.raw(frame.duration);
    }
    encoder.duration(buffer, now - exchange.startedAt);
    buffer.raw(frame.size);
    buffer.number(exchange.bytesSent);
    buffer.raw(frame.status);
    buffer.number(exchange.status);
    buffer.raw(frame.sentFields);
    writeSentFields(buffer, exchange.sentFields, this.credentials);
    buffer.raw(frame.end);
  }

  /** The Unix time, read again when a millisecond has gone by, which is as far as it goes: reading a clock costs 35 ns. */
  private wallTimeAt(now: number): number {
    if (now - this.wallReadAt >= 1 || now < this.wallReadAt) {
      this.wallTime = this.clock.wallNow();
      this.wallReadAt = now;
    }
    return this.wallTime;
  }
}

function userId(exchange: Exchange): string {
  if (!exchange.hasVars) return "";
  const user = exchange.vars.get("http.auth.user.id");
  return typeof user === "string" ? user : "";
}
