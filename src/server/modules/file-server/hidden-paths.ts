import { resolve } from "node:path";
import { compileGlob } from "../glob/index.ts";
import { compileSafely, type GoPattern } from "../regexp/index.ts";

/** Tells which files are to be answered as if they were not there. */
export interface HiddenPaths {
  /** Whether a file is hidden, by its absolute path. */
  hides(path: string): boolean;
}

/**
 * Compiles a `hide` list with Caddy's meaning. A pattern without a slash hides every file that has a component which it matches, in the root's own path too. One
 * with a slash is a path, relative to `baseDir` unless it begins with one: it hides that file and everything below it, and, as a glob, what it
 * matches as a whole. Throws Error for a malformed pattern, which would silently hide nothing.
 */
export function compileHidden(patterns: readonly string[], baseDir: string): HiddenPaths {
  if (patterns.length === 0) return NOTHING_HIDDEN;
  const names: GoPattern[] = [];
  const folders: string[] = [];
  const globs: GoPattern[] = [];
  for (const pattern of patterns) {
    if (!pattern.includes("/")) names.push(globOf(pattern));
    else {
      const path = resolve(baseDir, pattern);
      folders.push(path);
      globs.push(globOf(path));
    }
  }
  return new PatternPaths(names, folders, globs);
}

const NOTHING_HIDDEN: HiddenPaths = { hides: () => false };

class PatternPaths implements HiddenPaths {
  private readonly names: readonly GoPattern[];
  private readonly folders: readonly string[];
  private readonly globs: readonly GoPattern[];

  constructor(names: readonly GoPattern[], folders: readonly string[], globs: readonly GoPattern[]) {
    this.names = names;
    this.folders = folders;
    this.globs = globs;
  }

  hides(path: string): boolean {
    return this.hidesName(path) || this.hidesPath(path);
  }

  private hidesName(path: string): boolean {
    if (this.names.length === 0) return false;
    const components = path.split("/").filter((name) => name !== "");
    return components.some((component) => this.names.some((name) => name.exec(component) !== undefined));
  }

  private hidesPath(path: string): boolean {
    return (
      this.folders.some((folder) => path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`)) ||
      this.globs.some((glob) => glob.exec(path) !== undefined)
    );
  }
}

/** Followed so that no path takes long, however many stars there are: paths are the client's to choose. */
function globOf(pattern: string): GoPattern {
  const glob = compileGlob(pattern);
  if (glob === undefined) throw new Error(`${JSON.stringify(pattern)} is a malformed pattern`);
  return compileSafely(glob.source);
}
