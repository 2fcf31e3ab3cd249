import { type BigIntStats, fstatSync, statSync } from "node:fs";
import type { Clock } from "../../../clock/index.ts";
import { cleanPath, HandlerError } from "../../../http/message/index.ts";
import { CachedFile, type FileContent } from "./cached-file.ts";
import { contentType } from "./content-type.ts";
import { errorCode, fileFailure, isAbsent, isExhausted } from "./file-error.ts";
import { changedJustNow, identityOf, sameIdentity } from "./file-identity.ts";
import { type DiskPath, diskPath } from "./file-path.ts";
import type { FilePool } from "./file-pool.ts";
import type { HiddenPaths } from "./hidden-paths.ts";
import { openAnywhere, openInside } from "./open-file.ts";
import { readContent } from "./read-file.ts";

/** How long a file is believed to be what it was, in milliseconds. */
export const FRESH_MS = 1000;

/** What a site serves, and how. */
export interface SiteOptions {
  /** An absolute path. */
  readonly root: string;
  readonly hidden: HiddenPaths;
  /** Paths that are looked for in a folder, the first that is there and not hidden stands for it. */
  readonly indexNames: readonly string[];
  /** Whether symlinks may lead out of the root. */
  readonly allowOutside: boolean;
}

/** A file that a path leads to. */
interface Found {
  readonly path: string;
  readonly isIndex: boolean;
  readonly stat: BigIntStats;
}

/** The files below one root. What was read of them is kept in the pool and looked at again once a second at most. */
export class FileSite {
  /**
   * The cached files: those of the pool, under the path by which they are asked for in its plainest spelling, so that such a request needs
   * no decoding. Folders' files stand under the folder with its slash. Paths with a percent sign, which mean something else undecoded,
   * stand behind a NUL.
   */
  readonly files: Map<string, CachedFile> = new Map();
  private readonly options: SiteOptions;
  private readonly pool: FilePool;
  private readonly clock: Clock;

  constructor(options: SiteOptions, pool: FilePool, clock: Clock) {
    this.options = options;
    this.pool = pool;
    this.clock = clock;
  }

  /** The file that a path of `filePath` leads to, as it stood within the last second; undefined: there is none to show. Throws HandlerError. */
  find(path: string): CachedFile | undefined {
    const cached = this.files.get(plainKey(path)) ?? this.files.get(plainKey(`${path}/`));
    if (cached === undefined) return this.load(path, undefined);
    cached.used = true;
    return this.clock.now() - cached.checkedAt < FRESH_MS && this.holds(cached) ? cached : this.load(path, cached);
  }

  /** Whether a cached file may be sent: a large one's head goes with bytes that are read now, so nothing may have happened to it since. */
  holds(file: CachedFile): boolean {
    return file.fd < 0 || sameIdentity(file.identity, identityOf(fstatSync(file.fd, { bigint: true })));
  }

  /** Forgets every file. */
  clear(): void {
    this.pool.removeAll(this.files);
  }

  private load(path: string, cached: CachedFile | undefined): CachedFile | undefined {
    const now = this.clock.now();
    const found = this.resolve(path);
    if (found !== undefined && cached !== undefined && isStill(cached, found)) {
      cached.checkedAt = now;
      return cached;
    }
    if (cached !== undefined) this.pool.remove(cached);
    if (found === undefined) return undefined;
    return this.read(found, plainKey(found.isIndex ? `${path}/` : path), now);
  }

  private read(found: Found, key: string, now: number): CachedFile | undefined {
    const content = this.open(found.path);
    if (content === undefined) return undefined;
    const file = new CachedFile(found.path, found.isIndex, content, contentType(found.path));
    file.checkedAt = content.settled ? now : Number.NEGATIVE_INFINITY;
    file.doubtful =
      file.body !== undefined && (!content.settled || changedJustNow(file.identity, this.clock.wallNow()));
    this.pool.add(this.files, key, file);
    return file;
  }

  private open(path: string): FileContent | undefined {
    let fd = this.tryOpen(path);
    if (typeof fd === "string" && isExhausted(fd)) {
      this.pool.removeDescriptors();
      fd = this.tryOpen(path);
    }
    if (typeof fd === "number") return guarded(() => readContent(fd));
    if (isAbsent(fd)) return undefined;
    throw fileFailure(fd, new Error(`open ${this.options.root}${path}: ${fd}`));
  }

  private tryOpen(path: string): number | string {
    const { root, allowOutside } = this.options;
    return allowOutside ? openAnywhere(root, path) : openInside(root, path);
  }

  /** Finds the file that a path leads to, or the one that stands for the folder. */
  private resolve(path: string): Found | undefined {
    const stat = this.look(path);
    if (stat === undefined) return undefined;
    if (stat.isFile()) return { path, isIndex: false, stat };
    return stat.isDirectory() ? this.resolveIndex(path) : undefined;
  }

  private resolveIndex(folder: string): Found | undefined {
    for (const name of this.options.indexNames) {
      const path = folder + cleanPath(`/${name}`);
      const stat = this.look(path);
      if (stat === undefined) continue;
      return stat.isFile() ? { path, isIndex: true, stat } : undefined;
    }
    return undefined;
  }

  /** Looks at what stands at a path, through symlinks; undefined when nothing does, or when it is hidden. */
  private look(path: string): BigIntStats | undefined {
    const place: DiskPath = diskPath(this.options.root, path);
    if (this.options.hidden.hides(place.toString())) return undefined;
    return guarded(() => statSync(place, { bigint: true, throwIfNoEntry: false }));
  }
}

/** Whether a cached file is what was found: the same content under the same path. */
function isStill(cached: CachedFile, found: Found): boolean {
  return (
    !cached.doubtful &&
    cached.path === found.path &&
    cached.isIndex === found.isIndex &&
    sameIdentity(cached.identity, identityOf(found.stat))
  );
}

/** The key of a path in `FileSite.files`. */
function plainKey(path: string): string {
  return path.includes("%") ? `\0${path}` : path;
}

/** Runs a call of the file system: undefined when there is nothing, HandlerError for what goes wrong. */
function guarded<Value>(call: () => Value | undefined): Value | undefined {
  try {
    return call();
  } catch (error) {
    const code = errorCode(error);
    if (code === "") throw error;
    if (isAbsent(code)) return undefined;
    throw code === "ERR_INVALID_ARG_VALUE" ? new HandlerError(400, "the path holds a NUL") : fileFailure(code, error);
  }
}
