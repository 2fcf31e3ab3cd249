import { resolve } from "node:path";
import type { Clock } from "../../../clock/index.ts";
import { type Exchange, HandlerError } from "../../../http/message/index.ts";
import type { Template } from "../../module/index.ts";
import type { FilePool } from "./file-pool.ts";
import { FileSite } from "./file-site.ts";
import { compileHidden } from "./hidden-paths.ts";

/** The texts that make a site, placeholders and all. */
export interface SiteTemplates {
  readonly root: Template;
  readonly hide: readonly Template[];
  readonly indexNames: readonly Template[];
  readonly allowOutside: boolean;
}

/** More sites than this, and the one that was made first is forgotten: requests may make roots. */
const MAX_SITES = 256;

/** The sites of one file server: one, or as many as its placeholders make. */
export class Sites {
  private readonly templates: SiteTemplates;
  private readonly baseDir: string;
  private readonly pool: FilePool;
  private readonly clock: Clock;
  private readonly sites = new Map<string, FileSite>();
  /** The only one, when there are no placeholders. */
  private readonly only: FileSite | undefined;
  /** Whether the root alone depends on the request. */
  private readonly rootOnly: boolean;
  private lastKey = "";
  private last: FileSite | undefined = undefined;

  /** `baseDir`: what relative roots and patterns are meant from. Throws Error for a malformed pattern. */
  constructor(templates: SiteTemplates, baseDir: string, pool: FilePool, clock: Clock) {
    this.templates = templates;
    this.baseDir = baseDir;
    this.pool = pool;
    this.clock = clock;
    const { root, hide, indexNames } = templates;
    this.rootOnly = [...hide, ...indexNames].every(isConstant);
    this.only =
      isConstant(root) && this.rootOnly
        ? this.make(root.constant ?? "", hide.map(constantOf), indexNames.map(constantOf))
        : undefined;
  }

  /** The site that a request is for. */
  of(exchange: Exchange): FileSite {
    return this.only ?? this.find(exchange);
  }

  /** Forgets every site. */
  clear(): void {
    this.only?.clear();
    for (const site of this.sites.values()) site.clear();
    this.sites.clear();
    this.last = undefined;
  }

  private find(exchange: Exchange): FileSite {
    const { root, hide, indexNames } = this.templates;
    const rootText = root.evaluate(exchange);
    if (this.rootOnly)
      return this.keyed(rootText, () => this.make(rootText, hide.map(constantOf), indexNames.map(constantOf)));
    const hideTexts = hide.map((template) => template.evaluate(exchange));
    const indexTexts = indexNames.map((template) => template.evaluate(exchange));
    const key = JSON.stringify([rootText, hideTexts, indexTexts]);
    return this.keyed(key, () => this.make(rootText, hideTexts, indexTexts));
  }

  private keyed(key: string, make: () => FileSite): FileSite {
    if (this.last !== undefined && key === this.lastKey) return this.last;
    const site = this.sites.get(key) ?? this.keep(key, make());
    this.last = site;
    this.lastKey = key;
    return site;
  }

  private keep(key: string, site: FileSite): FileSite {
    if (this.sites.size >= MAX_SITES) {
      const [oldest] = this.sites;
      this.sites.delete(oldest![0]);
      oldest![1].clear();
    }
    this.sites.set(key, site);
    return site;
  }

  private make(root: string, hide: readonly string[], indexNames: readonly string[]): FileSite {
    this.checkRoot(root);
    const options = {
      root: resolve(this.baseDir, root),
      hidden: compileHidden(
        hide.filter((pattern) => pattern !== ""),
        this.baseDir,
      ),
      indexNames: indexNames.filter((name) => name !== "" && !name.includes("\0")),
      allowOutside: this.templates.allowOutside,
    };
    return new FileSite(options, this.pool, this.clock);
  }

  /** What a client put into a placeholder must not climb to folders that the config did not name. */
  private checkRoot(root: string): void {
    const { source } = this.templates.root;
    if (root.includes("\0") || (CLIMBS.test(root) && !CLIMBS.test(source))) {
      throw new HandlerError(400, `the request makes ${JSON.stringify(root)} of the root ${source}`);
    }
  }
}

/** A ".." segment. */
const CLIMBS = /(?:^|\/)\.\.(?:\/|$)/;

function isConstant(template: Template): boolean {
  return template.constant !== undefined;
}

function constantOf(template: Template): string {
  return template.constant ?? "";
}
