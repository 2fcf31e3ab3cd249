import type { Exchange, Fields } from "../../../http/message/index.ts";
import type { ConfigPath, ProvisionContext } from "../../module/index.ts";
import type { HeaderOperationsConfig } from "./header-operations-config.ts";
import { type HeaderStep, HeaderStepCompiler } from "./header-step-compiler.ts";
import { nameMatches } from "./name-pattern.ts";

/** Changes to the fields of a message, compiled once: add, set, delete, replace, in that order. */
export class HeaderOperations {
  /** Whether they may concern Host, which does not stand among the fields of a request for everybody. */
  readonly touchesHost: boolean;
  private readonly steps: readonly HeaderStep[];

  /** Throws ConfigError with a place below `at`, which is one below the module's own. */
  constructor(config: HeaderOperationsConfig, context: ProvisionContext, at: ConfigPath) {
    const compiler = new HeaderStepCompiler(context, at);
    this.steps = [
      ...(config.delete?.includes("*") === true ? [clearAll] : []),
      ...compiler.additions(config.add ?? {}),
      ...compiler.settings(config.set ?? {}),
      ...compiler.deletions(config.delete ?? []),
      ...compiler.replacements(config.replace ?? {}),
    ];
    this.touchesHost = mayTouchHost(config);
  }

  apply(fields: Fields, exchange: Exchange): void {
    for (const step of this.steps) step(fields, exchange);
  }

  /** Applies them to the fields of a request in which Host does not stand; returns the Host that comes of it. */
  applyToRequest(fields: Fields, exchange: Exchange, host: string): string {
    if (!this.touchesHost) {
      this.apply(fields, exchange);
      return host;
    }
    fields.append("Host", host);
    this.apply(fields, exchange);
    const changed = fields.values("host").at(-1) ?? "";
    fields.delete("host");
    return changed;
  }
}

function clearAll(fields: Fields): void {
  for (let at = fields.end - 1; at >= 0; at--) fields.deleteAt(at);
}

function mayTouchHost(config: HeaderOperationsConfig): boolean {
  const names = [config.add, config.set, config.replace].flatMap((part) => Object.keys(part ?? {}));
  return [...names, ...(config.delete ?? [])].some(
    (name) => name.includes("{") || nameMatches("host", name.toLowerCase()),
  );
}
