import { ConfigError, configErrorOf, type ConfigPath, formatConfigPath } from "./config-error.ts";
import { decode } from "./decode.ts";
import { kindOf } from "./describe-issue.ts";
import type { Instance } from "./instance.ts";
import { LoadedNode } from "./loaded-node.ts";
import type { LoaderOptions, Named } from "./loader-options.ts";
import { ModuleContext } from "./module-context.ts";
import { knownNames, type RegisteredModule } from "./registry.ts";

/**
 * Loads the modules of one config and looks after their lives: `load` the roots (the apps), then `validate`, then `start`, at last `cleanup`, which is
 * also due, once, when any step before it has failed. Modules start in the order in which they were provisioned (inner ones first) and are cleaned up in
 * the opposite one.
 *
 * At a reload, the new loader is given the old one: instances whose identity is the same are kept as they are. They belong to the old loader
 * until `start` of the new one has succeeded; then clean up the old one, which leaves them alone. When the new one fails, clean it up instead:
 * the old one goes on as if nothing had been.
 *
 * @example
 * const loader = new Loader({ registry, clock, random, usage, baseDir, logFor, compileTemplate });
 * try {
 *   await loader.load("", config.apps.http, { name: "http" }, "apps", "http");
 *   await loader.validate();
 *   await loader.start();
 * } catch (error) {
 *   await loader.cleanup();
 *   throw error;
 * }
 */
export class Loader {
  private readonly options: LoaderOptions;
  private readonly nodes: LoadedNode[] = [];
  private readonly pending = new Set<Promise<unknown>>();
  private readonly kept: Map<string, LoadedNode[]>;
  private readonly taken = new Set<LoadedNode>();
  private closing: Promise<void> | undefined;

  /** `carryOver` is the loader of the config before this one, whose unchanged instances are kept. Default: none. */
  constructor(options: LoaderOptions, carryOver?: Loader) {
    this.options = options;
    this.kept = carryOver?.byIdentity() ?? new Map<string, LoadedNode[]>();
  }

  /** What modules warn of, each with its path, in the order of the config. */
  get warnings(): readonly string[] {
    return [...new Set(this.nodes.flatMap((node) => node.warnings))];
  }

  /** Loads a root. Throws ConfigError, or what the module threw, as the cause of one. */
  async load(namespace: string, config: unknown, named: Named, ...path: ConfigPath): Promise<Instance> {
    return (await this.loadNode(namespace, config, named, path)).instance;
  }

  /** Asks every new instance whether it can work in this whole. */
  async validate(): Promise<void> {
    for (const node of this.ownNodes()) {
      try {
        await node.instance.validate?.();
      } catch (cause) {
        throw configErrorOf(cause, node.path);
      }
    }
  }

  /** Starts every new instance, then takes possession of those that were carried over. Errors come as they were thrown. */
  async start(): Promise<void> {
    for (const node of this.ownNodes()) await node.instance.start?.();
    for (const node of this.taken) {
      node.owner = this;
      node.log.target = this.options.logFor(node.module.definition.id);
    }
  }

  /**
   * Cleans up every instance that is this loader's, each once, in reverse order; waits for what is still being provisioned. Calling it again gives the same
   * promise. Every instance is cleaned up, whatever others throw: that comes out at the end, as it is or as an AggregateError.
   */
  async cleanup(): Promise<void> {
    this.closing ??= this.cleanupAll();
    return this.closing;
  }

  private async loadNode(namespace: string, config: unknown, named: Named, path: ConfigPath): Promise<LoadedNode> {
    if (this.closing !== undefined) throw new Error(`cannot load ${formatConfigPath(path)}: its config was given up`);
    const loading = this.provision(namespace, config, named, path);
    this.pending.add(loading);
    try {
      return await loading;
    } finally {
      this.pending.delete(loading);
    }
  }

  private async provision(namespace: string, config: unknown, named: Named, path: ConfigPath): Promise<LoadedNode> {
    const { module, own } = this.find(namespace, config, named, path);
    const node = new LoadedNode(module, own, path, { by: this, options: this.options });
    const kept = this.takeKept(node);
    if (kept !== undefined) return kept;
    const context = new ModuleContext(node, this.options, async (...asked) => this.loadNode(...asked));
    try {
      const { schema, planned } = module.definition;
      const decoded = decode(schema, own, path, planned);
      node.made = instanceOf(await module.definition.provision(decoded, context));
    } catch (cause) {
      throw configErrorOf(cause, path);
    } finally {
      context.end();
    }
    this.nodes.push(node);
    return node;
  }

  /** The module that is meant, and its config without the key that names it. */
  private find(
    namespace: string,
    config: unknown,
    named: Named,
    path: ConfigPath,
  ): { readonly module: RegisteredModule; readonly own: unknown } {
    const { registry } = this.options;
    if ("name" in named) return { module: registry.find(namespace, named.name, path), own: config };
    const { inlineKey } = named;
    if (typeof config !== "object" || config === null || Array.isArray(config)) {
      throw new ConfigError(path, `must be an object, not ${kindOf(config)}`);
    }
    const { [inlineKey]: name, ...own } = config as Readonly<Record<string, unknown>>;
    const at = [...path, inlineKey];
    if (name === undefined) {
      throw new ConfigError(at, "is missing: it names the module", { hint: knownNames(registry.names(namespace)) });
    }
    if (typeof name !== "string") throw new ConfigError(at, `must be a string, not ${kindOf(name)}`);
    return { module: registry.find(namespace, name, at), own };
  }

  /** An instance of the last config with the same identity, first the one at the same place. */
  private takeKept(like: LoadedNode): LoadedNode | undefined {
    if (this.kept.size === 0) return undefined;
    const free = (this.kept.get(like.identity) ?? []).filter((node) => this.canKeep(node, like.module));
    const place = formatConfigPath(like.path);
    const kept = free.find((node) => formatConfigPath(node.path) === place) ?? free[0];
    if (kept !== undefined) this.keep(kept);
    return kept;
  }

  /** Whether an instance and all that it loaded are of the modules that are registered now, and not taken yet. */
  private canKeep(node: LoadedNode, module: RegisteredModule | undefined): boolean {
    if (module?.definition !== node.module.definition || module.fileHash !== node.module.fileHash) return false;
    if (this.taken.has(node)) return false;
    return node.children.every((child) => this.canKeep(child, this.options.registry.get(child.module.definition.id)));
  }

  private keep(node: LoadedNode): void {
    for (const child of node.children) this.keep(child);
    this.taken.add(node);
    this.nodes.push(node);
  }

  private byIdentity(): Map<string, LoadedNode[]> {
    const found = new Map<string, LoadedNode[]>();
    for (const node of this.ownNodes()) {
      const same = found.get(node.identity);
      if (same === undefined) found.set(node.identity, [node]);
      else same.push(node);
    }
    return found;
  }

  private ownNodes(): LoadedNode[] {
    return this.nodes.filter((node) => node.owner === this);
  }

  private async cleanupAll(): Promise<void> {
    while (this.pending.size > 0) await Promise.allSettled(this.pending);
    const errors: unknown[] = [];
    for (const node of this.ownNodes().reverse()) {
      try {
        await node.instance.cleanup?.();
      } catch (error) {
        errors.push(error);
      }
    }
    this.nodes.length = 0;
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} modules failed to clean up`);
  }
}

function instanceOf(made: unknown): Instance {
  if (typeof made === "object" && made !== null) return made;
  throw new Error(`its module made ${kindOf(made)}; provision must return an object`);
}
