/** Steps from the root of a config: keys and array positions. */
export type ConfigPath = readonly (string | number)[];

/** A config that cannot be used: where, why, and the nearest thing that could. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly path: ConfigPath;
  readonly reason: string;
  /** The nearest known word, or what to do. */
  readonly hint: string | undefined;

  constructor(
    path: ConfigPath,
    reason: string,
    options?: { readonly hint?: string | undefined; readonly cause?: unknown },
  ) {
    const where = path.length === 0 ? "config" : formatConfigPath(path);
    const text = `${where}: ${reason}`;
    super(
      options?.hint === undefined ? text : `${text}; ${options.hint}`,
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.path = path;
    this.reason = reason;
    this.hint = options?.hint;
  }
}

/** `apps.http.servers["a b"].routes[0]`. */
export function formatConfigPath(path: ConfigPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\w$@-]+$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** A ConfigError as it is; anything else as the cause of one that says where it happened. */
export function configErrorOf(cause: unknown, path: ConfigPath): ConfigError {
  if (cause instanceof ConfigError) return cause;
  return new ConfigError(path, cause instanceof Error ? cause.message : String(cause), { cause });
}
