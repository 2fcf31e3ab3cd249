import type { Clock, Random } from "../../clock/index.ts";
import type { ExchangeMiddleware } from "../../http/message/index.ts";
import type { HandlerInstance, Instance, MatcherInstance } from "./instance.ts";
import type { ConfigPath } from "./config-error.ts";
import type { Template } from "./template.ts";
import type { UsagePool } from "./usage-pool.ts";

/** Writes a module's own log lines, under its ID. */
export interface ModuleLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a module gets while it is provisioned, and may keep. */
export interface ProvisionContext {
  /** Where the module stands in the config, such as `apps.http.servers.example.routes[0].handle[1]`. */
  readonly path: ConfigPath;
  /**
   * A hash of the module's ID, its config (those of the modules it loads stand in it), its files and `baseDir`: the same as long as the module is,
   * also in another process and after a restart.
   */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ModuleLog;
  /** State shared by key across modules and reloads. */
  readonly usage: UsagePool;
  /** The folder that relative paths in the config are meant from: the config file's own, or the working directory. */
  readonly baseDir: string;

  /** Compiles a text with placeholders; `at` is its place below this module's path, for errors. */
  template(text: string, ...at: ConfigPath): Template;
  /**
   * Loads a module of `namespace` inside this one: `config` is its object, its name stands in the key `inlineKey` (`{"handler": "vars", …}`) or is given as
   * `name`. It lives and dies with this module.
   */
  load(
    namespace: string,
    config: unknown,
    named: { inlineKey: string } | { name: string },
    ...at: ConfigPath
  ): Promise<Instance>;
  /** Loads one `http.handlers` module from an object with a `handler` key. */
  loadHandler(config: unknown, ...at: ConfigPath): Promise<HandlerInstance>;
  /** Loads a matcher set (an object from matcher name to its config), as one matcher that asks them all, cheapest first. */
  loadMatcherSet(config: unknown, ...at: ConfigPath): Promise<MatcherInstance>;
  /** Provisions a list of routes (`[{match, handle, group, terminal}]`) and compiles it. */
  compileRoutes(config: unknown, ...at: ConfigPath): Promise<ExchangeMiddleware>;
  /** A warning for whoever runs the server: printed once with its path. */
  warn(message: string, ...at: ConfigPath): void;
}
