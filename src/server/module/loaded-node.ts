import type { ConfigPath } from "./config-error.ts";
import type { Instance } from "./instance.ts";
import { moduleIdentity } from "./identity.ts";
import type { LoaderOptions } from "./loader-options.ts";
import type { ModuleLog } from "./provision-context.ts";
import type { RegisteredModule } from "./registry.ts";

/** A log that an instance keeps while the config behind it, and with it the log's way out, changes. */
export class RelayedLog implements ModuleLog {
  target: ModuleLog;

  constructor(target: ModuleLog) {
    this.target = target;
  }

  debug(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.target.debug(message, fields);
  }

  info(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.target.info(message, fields);
  }

  warn(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.target.warn(message, fields);
  }

  error(message: string, fields?: Readonly<Record<string, unknown>>): void {
    this.target.error(message, fields);
  }
}

/** One module of a config: what was loaded, from what, and what it loaded itself. */
export class LoadedNode {
  readonly module: RegisteredModule;
  /** Its config without the key that names the module. Nobody changes it. */
  readonly config: unknown;
  readonly path: ConfigPath;
  readonly log: RelayedLog;
  readonly children: LoadedNode[] = [];
  readonly warnings: string[] = [];
  /** The loader that starts it and cleans it up. */
  owner: object;
  /** What `provision` gave. */
  made: Instance | undefined;
  private readonly baseDir: string;
  private ownIdentity: string | undefined;

  constructor(
    module: RegisteredModule,
    config: unknown,
    path: ConfigPath,
    loaded: { readonly by: object; readonly options: LoaderOptions },
  ) {
    this.module = module;
    this.config = config;
    this.path = path;
    this.owner = loaded.by;
    this.baseDir = loaded.options.baseDir;
    this.log = new RelayedLog(loaded.options.logFor(module.definition.id));
  }

  get instance(): Instance {
    if (this.made === undefined) throw new Error(`${this.module.definition.id} is not provisioned yet`);
    return this.made;
  }

  /** Computed when first asked for: a server that is never reloaded hashes nothing. */
  get identity(): string {
    return (this.ownIdentity ??= moduleIdentity({
      id: this.module.definition.id,
      config: this.config,
      fileHash: this.module.fileHash,
      baseDir: this.baseDir,
    }));
  }
}
