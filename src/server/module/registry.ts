import { CADDY_NAMES } from "./caddy-names.ts";
import { ConfigError, type ConfigPath } from "./config-error.ts";
import type { ModuleDefinition } from "./definition.ts";
import { suggestion } from "./nearest-name.ts";

/** A module and where it came from. */
export interface RegisteredModule {
  readonly definition: ModuleDefinition;
  /** SHA-256 of the files it came from, a part of its identity; undefined for what is built in. */
  readonly fileHash?: string | undefined;
}

/** What a namespace's modules are called in messages. */
const KINDS: Readonly<Record<string, string>> = {
  "": "app",
  "http.handlers": "handler",
  "http.matchers": "matcher",
  "http.reverse_proxy.selection_policies": "selection policy",
  "http.reverse_proxy.transport": "transport",
};

/** The modules that a config may name. Immutable. */
export class Registry {
  private readonly modules = new Map<string, RegisteredModule>();

  private readonly planned: Readonly<Record<string, readonly string[]>>;

  /**
   * Throws Error when an ID is malformed or stands there twice. `planned` has names that are known, by namespace: those not registered are refused as not
   * built yet. Default: Caddy's.
   */
  constructor(
    modules: readonly (ModuleDefinition | RegisteredModule)[] = [],
    planned: Readonly<Record<string, readonly string[]>> = CADDY_NAMES,
  ) {
    this.planned = planned;
    for (const module of modules) this.add("definition" in module ? module : { definition: module });
  }

  /** A registry with these and `extra`. Throws as the constructor does. */
  with(extra: readonly (ModuleDefinition | RegisteredModule)[]): Registry {
    return new Registry([...this.modules.values(), ...extra], this.planned);
  }

  /** The module of an ID such as `http.handlers.vars`. */
  get(id: string): RegisteredModule | undefined {
    return this.modules.get(id);
  }

  /** The names known in a namespace ("" for apps), sorted. */
  names(namespace: string): string[] {
    const names: string[] = [];
    for (const id of this.modules.keys()) {
      const dot = id.lastIndexOf(".");
      if (id.slice(0, Math.max(dot, 0)) === namespace) names.push(id.slice(dot + 1));
    }
    return names.sort();
  }

  /** The module called `name` in `namespace`. Throws ConfigError at `path` that tells an unknown name from one that is Caddy's and not built yet. */
  find(namespace: string, name: string, path: ConfigPath): RegisteredModule {
    const found = this.modules.get(moduleId(namespace, name));
    if (found !== undefined) return found;
    const kind = (Object.hasOwn(KINDS, namespace) ? KINDS[namespace] : undefined) ?? `${namespace} module`;
    const planned = (Object.hasOwn(this.planned, namespace) ? this.planned[namespace] : undefined) ?? [];
    if (planned.includes(name)) {
      throw new ConfigError(path, `the ${kind} ${JSON.stringify(name)} is known to Caddy, but not built here yet`, {
        hint: "remove it",
      });
    }
    const names = this.names(namespace);
    throw new ConfigError(path, `there is no ${kind} ${JSON.stringify(name)}`, {
      hint: suggestion(name, [...names, ...planned]) ?? knownNames(names),
    });
  }

  private add(module: RegisteredModule): void {
    const { id } = module.definition;
    if (!/^\w+(?:\.\w+)*$/.test(id)) {
      throw new Error(`${JSON.stringify(id)} is no module ID; write one like "http.handlers.restrict_prefix"`);
    }
    if (this.modules.has(id)) throw new Error(`there are two modules with the ID ${id}; give one of them another name`);
    this.modules.set(id, module);
  }
}

/** `http.handlers.vars` of `http.handlers` and `vars`. */
export function moduleId(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}.${name}`;
}

/** `known: a, b, c`, cut where the list is long. */
export function knownNames(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `known: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;
}
