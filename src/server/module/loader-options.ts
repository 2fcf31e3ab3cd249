import type { Clock, Random } from "../../clock/index.ts";
import type { ModuleLog } from "./provision-context.ts";
import type { Registry } from "./registry.ts";
import type { Template } from "./template.ts";
import type { UsagePool } from "./usage-pool.ts";

/** What a Loader hands on to the modules that it provisions. */
export interface LoaderOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
  /** One for as long as the process lives, whatever configs come and go. */
  readonly usage: UsagePool;
  /** The folder that relative paths in the config are meant from. */
  readonly baseDir: string;
  /** The log of a module, by its ID. */
  logFor(id: string): ModuleLog;
  /** Hears each warning of a module, with its place, once, when it is given. Default: nobody; see Loader.warnings. */
  warn?(message: string): void;
  /** Compiles a text with placeholders, which read the time from `clock`. Throws Error when it cannot be one. */
  compileTemplate(text: string, clock: Clock): Template;
}

/** How a module is named in a config: by a key of its own object, or from outside. */
export type Named = { readonly inlineKey: string } | { readonly name: string };
