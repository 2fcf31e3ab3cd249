/**
 * An escaped path without "." and ".." segments, with single slashes if `mergeSlashes`: what affixes and texts are looked for in, as in Caddy. A slash at its end
 * stays; segments are compared as they are written.
 */
export function cleanedPath(path: string, mergeSlashes: boolean): string {
  if (!path.includes("/.") && !(mergeSlashes && path.includes("//"))) return path;
  const kept: string[] = [];
  for (const segment of path.slice(1).split("/")) {
    if (segment === "." || (mergeSlashes && segment === "")) continue;
    if (segment === "..") kept.pop();
    else kept.push(segment);
  }
  const cleaned = `/${kept.join("/")}`;
  return mergeSlashes && kept.length > 0 && path.endsWith("/") ? `${cleaned}/` : cleaned;
}
