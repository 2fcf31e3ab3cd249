/**
 * A path, decoded or escaped, as matchers compare it and rewrites look for affixes in it: without "." and ".." segments, and with single slashes if `mergeSlashes`; else an empty segment counts like any other. A slash at the
 * end stays. It is returned as it is where there is nothing to clean, which is the rule.
 */
export function cleanRequestPath(path: string, mergeSlashes: boolean): string {
  if (path.charCodeAt(0) === 0x2f && !path.includes("/.") && !(mergeSlashes && path.includes("//"))) return path;
  const kept: string[] = [];
  const segments = path.split("/");
  const last = segments.length - 1;
  for (const [at, segment] of segments.entries()) {
    if (segment === "." || (segment === "" && (mergeSlashes || at === 0 || at === last))) continue;
    if (segment === "..") kept.pop();
    else kept.push(segment);
  }
  const ends = kept.length > 0 && segments[last] === "" ? "/" : "";
  return `/${kept.join("/")}${ends}`;
}
