/**
 * Percent-decodes a path whose escapes were checked by the parser: bytes as UTF-8, with U+FFFD for what is not. A plus sign stays.
 */
export function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return decodeLoosely(path);
  }
}

/** For bytes that are not UTF-8, which decodeURIComponent refuses. */
function decodeLoosely(path: string): string {
  return path.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split("%"), (pair) => Number.parseInt(pair, 16));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  });
}

/**
 * A path without empty, "." and ".." segments, as a file system would see it: Go's path.Clean of a rooted path, with a trailing slash kept. `/a//./b/../c/` is `/a/c/`.
 */
export function cleanPath(path: string): string {
  if (!needsCleaning(path)) return path;
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") kept.pop();
    else kept.push(segment);
  }
  const last = path.slice(path.lastIndexOf("/") + 1);
  const trailing = kept.length > 0 && (last === "" || last === "." || last === "..") ? "/" : "";
  return `/${kept.join("/")}${trailing}`;
}

function needsCleaning(path: string): boolean {
  return path.charCodeAt(0) !== 0x2f || path.includes("//") || path.includes("/.");
}
