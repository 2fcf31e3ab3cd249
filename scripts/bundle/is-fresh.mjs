import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The list of what a bundle was made of, and of its own files: size and time of change by path. */
export const INPUTS = "inputs.json";

/** What a clone has and a published package hasn't. */
const BUILD = "scripts/bundle/build.mjs";

/**
 * Whether the bundle in `dist` still is what the sources say, and whole: each file has the size and the time of change that it had. Takes a millisecond. Of a published
 * package, whose files have the time at which they were unpacked, the sizes alone tell; its dependencies are elsewhere and pinned.
 */
export function isFresh(dist) {
  const root = join(dist, "..");
  try {
    const inputs = JSON.parse(readFileSync(join(dist, INPUTS), "utf8"));
    const published = !existsSync(join(root, BUILD));
    return Object.entries(inputs).every(([path, [size, mtimeMs]]) => {
      const found = statSync(join(root, path), { throwIfNoEntry: false });
      if (found === undefined) return published && !/^(?:src|dist)\//.test(path);
      return found.size === size && (published || found.mtimeMs === mtimeMs);
    });
  } catch {
    return false; // there is no bundle
  }
}
