import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The list of what a bundle was made of. Its time of change is when the making began. */
export const INPUTS = "inputs.json";

/** What a clone has and a published package hasn't. */
const BUILD = "scripts/bundle/build.mjs";

/**
 * Whether the bundle in `dist` still is what the sources say: each of them has the size that it had, and none is newer. Takes a millisecond. Of a published package,
 * whose files have the time at which they were unpacked, the sizes alone tell; its dependencies are elsewhere and pinned.
 */
export function isFresh(dist) {
  const root = join(dist, "..");
  try {
    const list = join(dist, INPUTS);
    const inputs = JSON.parse(readFileSync(list, "utf8"));
    const newest = existsSync(join(root, BUILD)) ? statSync(list).mtimeMs : Infinity;
    return Object.keys(inputs).every((path) => {
      const found = statSync(join(root, path), { throwIfNoEntry: false });
      if (found === undefined) return !path.startsWith("src/");
      return found.size === inputs[path] && found.mtimeMs <= newest;
    });
  } catch {
    return false; // there is no bundle
  }
}
