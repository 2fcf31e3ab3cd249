import type { Clock } from "../../../clock/index.ts";
import type { Exchange } from "../../../http/message/index.ts";
import type { Logger } from "../../../log/index.ts";
import { AccessLog } from "../logging/index.ts";
import type { ServerLogsConfig } from "./server-config.ts";

/** Chooses the access logs of each exchange of a server, by its host, and writes their lines when it ends. */
export class AccessLogging {
  private readonly byDefault: AccessLog;
  private readonly byHost = new Map<string, readonly AccessLog[]>();
  private readonly skipped: ReadonlySet<string>;
  private readonly skipUnmapped: boolean;
  private readonly simple: boolean;
  private readonly record: (exchange: Exchange) => void;

  constructor(config: ServerLogsConfig, root: Logger, clock: Clock) {
    const base = root.named("http.log.access");
    const options = { credentials: config.should_log_credentials === true, clock };
    const logOf = (name: string): AccessLog => new AccessLog(name === "" ? base : base.named(name), options);
    this.byDefault = logOf(config.default_logger_name ?? "");
    for (const [host, names] of Object.entries(config.logger_names ?? {})) {
      this.byHost.set(host.toLowerCase(), (typeof names === "string" ? [names] : names).map(logOf));
    }
    this.skipped = new Set((config.skip_hosts ?? []).map((host) => host.toLowerCase()));
    this.skipUnmapped = config.skip_unmapped_hosts === true;
    this.simple = this.byHost.size === 0 && this.skipped.size === 0 && !this.skipUnmapped;
    this.record = (exchange) => this.write(exchange);
  }

  /** Call it when an exchange begins. */
  watch(exchange: Exchange): void {
    exchange.keepSentFields = true;
    // Asked for while it can be told: of a connection that was reset, the system knows no peer any more. The Conn keeps it.
    void exchange.remote;
    exchange.onFinish(this.record);
  }

  private write(exchange: Exchange): void {
    if (exchange.hasVars && exchange.vars.get("log_skip") === true) return;
    if (this.simple) this.byDefault.record(exchange);
    else for (const log of this.logsFor(hostname(exchange.originalHost))) log.record(exchange);
  }

  private logsFor(host: string): readonly AccessLog[] {
    if (this.skipped.has(host)) return [];
    const named = this.byHost.get(host) ?? this.byHost.get(host.replace(/^[^.]+/, "*"));
    if (named !== undefined) return named;
    return this.skipUnmapped ? [] : [this.byDefault];
  }
}

function hostname(authority: string): string {
  return authority.replace(/:\d*$/, "").toLowerCase();
}
