import type { Clock, Random } from "../../clock/index.ts";
import type { ExchangeMiddleware } from "../../http/message/index.ts";
import { ConfigError, configErrorOf, type ConfigPath, formatConfigPath } from "./config-error.ts";
import type { HandlerInstance, Instance, MatcherInstance } from "./instance.ts";
import type { LoadedNode } from "./loaded-node.ts";
import type { LoaderOptions, Named } from "./loader-options.ts";
import { loadMatcherSet } from "./matcher-set.ts";
import type { ModuleLog, ProvisionContext } from "./provision-context.ts";
import { loadRoutes } from "./routes.ts";
import type { Template } from "./template.ts";
import type { UsagePool } from "./usage-pool.ts";

/** Loads a module for another one. */
type LoadNode = (namespace: string, config: unknown, named: Named, path: ConfigPath) => Promise<LoadedNode>;

/** The context of one module. What it loads can be loaded until its `provision` is over. */
export class ModuleContext implements ProvisionContext {
  readonly path: ConfigPath;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ModuleLog;
  readonly usage: UsagePool;
  readonly baseDir: string;
  private readonly node: LoadedNode;
  private readonly options: LoaderOptions;
  private readonly loadNode: LoadNode;
  private ended = false;

  constructor(node: LoadedNode, options: LoaderOptions, loadNode: LoadNode) {
    const { clock, random, usage, baseDir } = options;
    this.path = node.path;
    this.clock = clock;
    this.random = random;
    this.log = node.log;
    this.usage = usage;
    this.baseDir = baseDir;
    this.node = node;
    this.options = options;
    this.loadNode = loadNode;
  }

  get identity(): string {
    return this.node.identity;
  }

  /** Called when `provision` is over. */
  end(): void {
    this.ended = true;
  }

  template(text: string, ...at: ConfigPath): Template {
    try {
      return this.options.compileTemplate(text, this.clock);
    } catch (cause) {
      throw configErrorOf(cause, [...this.path, ...at]);
    }
  }

  async load(namespace: string, config: unknown, named: Named, ...at: ConfigPath): Promise<Instance> {
    if (this.ended) {
      throw new Error(`${formatConfigPath(this.path)} loads a module after it was provisioned; load it in provision`);
    }
    const child = await this.loadNode(namespace, config, named, [...this.path, ...at]);
    this.node.children.push(child);
    return child.instance;
  }

  async loadHandler(config: unknown, ...at: ConfigPath): Promise<HandlerInstance> {
    const made: Partial<HandlerInstance> = await this.load("http.handlers", config, { inlineKey: "handler" }, ...at);
    if ("handle" in made || "middleware" in made) return made as HandlerInstance;
    throw new ConfigError([...this.path, ...at], "its module makes no handler", {
      hint: "provision must return an object with handle or middleware",
    });
  }

  async loadMatcherSet(config: unknown, ...at: ConfigPath): Promise<MatcherInstance> {
    return loadMatcherSet(config, this, at);
  }

  async compileRoutes(config: unknown, ...at: ConfigPath): Promise<ExchangeMiddleware> {
    return loadRoutes(config, this, at);
  }

  warn(message: string, ...at: ConfigPath): void {
    const text = `${formatConfigPath([...this.path, ...at])}: ${message}`;
    if (this.node.warnings.includes(text)) return;
    this.node.warnings.push(text);
    this.options.warn?.(text);
  }
}
