import { AddrPort } from "../../addr/index.ts";
import { realClock, realRandom } from "../../clock/index.ts";
import { type Listener, onCallbackFault } from "../../net/index.ts";
import { descriptorGuard } from "../../sys/index.ts";
import { type App, type AppHost, httpApp, type Logs, openLogs, PLANNED_LOG_KEYS } from "../apps/index.ts";
import type { ListenAddress } from "../config/index.ts";
import {
  ConfigError,
  compileTemplate,
  decode,
  Loader,
  type ModuleLog,
  refuseProto,
  Registry,
  UsagePool,
} from "../module/index.ts";
import { standardModules } from "../modules/index.ts";
import { boundAddressText } from "./bound-address.ts";
import { type Config, CONFIG_SCHEMA, PLANNED_CONFIG_KEYS } from "./config.ts";
import { DescriptorWatch } from "./descriptor-watch.ts";
import { loadModules } from "./load-modules.ts";
import { openListener } from "./open-listener.ts";

/** State that outlives a config, by key. One a process. */
const usage = new UsagePool();

/** How an instance is provisioned. */
export interface ProvisionOptions {
  /** Where listeners come from. Default: every address is listened on afresh. */
  readonly listen?: (address: ListenAddress) => Promise<Listener>;
  /** Leaves out warnings, which another process has given already. */
  readonly quiet?: boolean;
  /** Opens no log file, and only sees whether that could be done: the instance is not to be started. */
  readonly dry?: boolean;
}

/** A config that was loaded into modules and apps, and may be started and stopped once. */
export class ServerInstance {
  readonly log: ModuleLog;
  readonly warnings: readonly string[];
  readonly workers: number | "auto";
  /** Where it listens since it was started, with the ports that the system chose. */
  readonly listening: readonly string[];
  private readonly logs: Logs;
  private readonly loader: Loader;
  private readonly apps: readonly App[];
  private readonly watch: DescriptorWatch;
  private stopped: Promise<void> | undefined = undefined;

  private constructor(parts: {
    readonly logs: Logs;
    readonly loader: Loader;
    readonly apps: readonly App[];
    readonly warnings: readonly string[];
    readonly listening: readonly string[];
    readonly workers: number | "auto";
  }) {
    this.logs = parts.logs;
    this.log = parts.logs.root;
    this.loader = parts.loader;
    this.apps = parts.apps;
    this.watch = new DescriptorWatch(descriptorGuard(), parts.logs.root.named("net"), realClock);
    this.warnings = parts.warnings;
    this.listening = parts.listening;
    this.workers = parts.workers;
  }

  /** Decodes a config and provisions everything in it; nothing listens yet. Throws ConfigError, having given everything back. */
  static async provision(value: unknown, baseDir: string, options: ProvisionOptions = {}): Promise<ServerInstance> {
    refuseProto(value);
    const config = decode(CONFIG_SCHEMA, value, [], { ...PLANNED_CONFIG_KEYS, ...PLANNED_LOG_KEYS });
    const own = await loadModules(config.modules ?? [], baseDir);
    const logs = openLogs(config.logging ?? {}, { baseDir, clock: realClock, dry: options.dry === true });
    const listening: string[] = [];
    const open = options.listen ?? openListener;
    const host: AppHost = {
      logger: logs.root,
      listen: async (address) => {
        const listener = await open(address);
        listening.push(boundAddressText(address, portOf(listener)));
        return listener;
      },
    };
    const loader = new Loader({
      registry: new Registry([...standardModules, httpApp(host), ...own]),
      clock: realClock,
      random: realRandom,
      usage,
      baseDir,
      compileTemplate,
      logFor: (id) => logs.root.named(id),
    });
    try {
      const apps = await loadApps(config, loader);
      await loader.validate();
      const { warnings } = loader;
      if (options.quiet !== true) for (const warning of warnings) logs.root.warn(warning);
      return new ServerInstance({ logs, loader, apps, warnings, listening, workers: config.workers ?? 1 });
    } catch (error) {
      await loader.cleanup();
      logs.close();
      throw error;
    }
  }

  /** Where it listens, or will, as the config says. */
  get addresses(): readonly ListenAddress[] {
    return this.apps.flatMap((app) => app.addresses);
  }

  /** Starts every module, apps last: from here on it serves. */
  async start(): Promise<void> {
    this.watch.start();
    onCallbackFault((fault) => this.tellFault(fault));
    await this.loader.start();
  }

  /** Stops listening, lets connections finish for at most `graceMs`, and gives everything back. Idempotent. */
  async stop(graceMs: number): Promise<void> {
    this.stopped ??= this.end(graceMs);
    return this.stopped;
  }

  /** A fault of ours or of a user's module has cost one connection: the others go on. */
  private tellFault(fault: unknown): void {
    this.log.error("a connection was reset: a callback threw", {
      error: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
    });
  }

  private async end(graceMs: number): Promise<void> {
    await Promise.all(this.apps.map((app) => app.stop(graceMs)));
    await this.loader.cleanup();
    this.watch.stop();
    onCallbackFault(undefined);
    this.logs.close();
  }
}

async function loadApps(config: Config, loader: Loader): Promise<App[]> {
  const apps: App[] = [];
  for (const [name, app] of Object.entries(config.apps ?? {})) {
    const instance = await loader.load("", app, { name }, "apps", name);
    if (!isApp(instance)) throw new ConfigError(["apps", name], "is a module but no app");
    apps.push(instance);
  }
  return apps;
}

function isApp(value: object): value is App {
  return "addresses" in value && "stop" in value;
}

function portOf(listener: Listener): number {
  return listener.local instanceof AddrPort ? listener.local.port : 0;
}
