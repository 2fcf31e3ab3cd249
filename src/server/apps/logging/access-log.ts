import type { Clock } from "../../../clock/index.ts";
import { AddrPort } from "../../../addr/index.ts";
import type { Exchange } from "../../../http/message/index.ts";
import type { LineBuffer, LogCore, LogEncoder, Logger } from "../../../log/index.ts";
import { LEVEL_RANK, type Level } from "../../../log/index.ts";
import type { Endpoint } from "../../../net/index.ts";
import { writeRequestFields, writeSentFields } from "./header-json.ts";

/** How an access log writes. */
export interface AccessLogOptions {
  /** Whether Authorization, Cookie, Set-Cookie and Proxy-Authorization are written as they are. Default false: "REDACTED". */
  readonly credentials?: boolean;
  readonly clock: Clock;
}

/**
 * Writes one line an exchange in Caddy's shape. It goes from the request's own bytes to the sink's buffer without an object or a string
 * in between, since a busy server spends as much on this as on answering.
 */
export class AccessLog {
  private readonly cores: readonly LogCore[];
  private readonly name: string;
  private readonly credentials: boolean;
  private readonly clock: Clock;

  constructor(logger: Logger, options: AccessLogOptions) {
    this.cores = logger.cores;
    this.name = logger.name;
    this.credentials = options.credentials === true;
    this.clock = options.clock;
  }

  /** Writes the line of an exchange that has ended; call it from `onFinish`. Answers of 500 and above are errors. */
  record(exchange: Exchange): void {
    const level: Level = exchange.status >= 500 ? "error" : "info";
    for (const core of this.cores) {
      if (LEVEL_RANK[level] < LEVEL_RANK[core.level]) continue;
      this.write(core.encoder, core.sink.buffer, level, exchange);
      core.sink.lineEnded();
    }
  }

  private write(encoder: LogEncoder, buffer: LineBuffer, level: Level, exchange: Exchange): void {
    encoder.begin(buffer, { level, time: this.clock.wallNow(), logger: this.name, message: "handled request" });
    encoder.key(buffer, "request");
    writeRequest(buffer, exchange, this.credentials);
    encoder.key(buffer, "bytes_read");
    buffer.number(exchange.bytesReceived);
    encoder.key(buffer, "user_id");
    buffer.jsonString(userId(exchange));
    encoder.key(buffer, "duration");
    encoder.duration(buffer, this.clock.now() - exchange.startedAt);
    encoder.key(buffer, "size");
    buffer.number(exchange.bytesSent);
    encoder.key(buffer, "status");
    buffer.number(exchange.status);
    encoder.key(buffer, "resp_headers");
    writeSentFields(buffer, exchange.sentFields, this.credentials);
    encoder.end(buffer);
  }
}

function writeRequest(buffer: LineBuffer, exchange: Exchange, credentials: boolean): void {
  writeRemote(buffer, exchange.remote);
  buffer.ascii(',"proto":');
  buffer.jsonString(exchange.protocol);
  buffer.ascii(',"method":');
  buffer.jsonString(exchange.originalMethod);
  buffer.ascii(',"host":');
  buffer.jsonString(exchange.originalHost);
  buffer.ascii(',"uri":');
  buffer.jsonString(exchange.originalTarget);
  buffer.ascii(',"headers":');
  writeRequestFields(buffer, exchange.fields, credentials);
  buffer.byte(0x7d);
}

/** The JSON of remotes seen lately, by the lower bits of their ports: a connection has one remote for all of its requests. */
const REMOTE_SLOTS = 1024;
const remotes: (AddrPort | undefined)[] = Array.from({ length: REMOTE_SLOTS });
const remoteJson: (Uint8Array | undefined)[] = Array.from({ length: REMOTE_SLOTS });

function writeRemote(buffer: LineBuffer, remote: Endpoint): void {
  if (!(remote instanceof AddrPort)) {
    buffer.ascii('{"remote_ip":"","remote_port":"","client_ip":""');
    return;
  }
  const slot = remote.port % REMOTE_SLOTS;
  const known = remoteJson[slot];
  if (known !== undefined && remotes[slot] === remote) {
    buffer.raw(known);
    return;
  }
  const from = buffer.length;
  writeAddrPort(buffer, remote);
  remotes[slot] = remote;
  remoteJson[slot] = buffer.bytes.slice(from, buffer.length);
}

function writeAddrPort(buffer: LineBuffer, remote: AddrPort): void {
  const ip = remote.addr.toString();
  buffer.ascii('{"remote_ip":');
  buffer.jsonString(ip);
  buffer.ascii(',"remote_port":"');
  buffer.number(remote.port);
  buffer.ascii('","client_ip":');
  buffer.jsonString(ip);
}

function userId(exchange: Exchange): string {
  if (!exchange.hasVars) return "";
  const user = exchange.vars.get("http.auth.user.id");
  return typeof user === "string" ? user : "";
}
