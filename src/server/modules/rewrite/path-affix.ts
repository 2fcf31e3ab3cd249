/**
 * An escaped path without a prefix, or as it is when it does not begin with it. Case does not count. An escape in the path stands for its character, unless
 * the prefix has an escape in that place.
 */
export function withoutPrefix(path: string, prefix: string): string {
  let at = 0;
  for (const unit of unitsOf(prefix)) {
    const found = unitAt(path, at, unit);
    if (found === 0) return path;
    at += found;
  }
  return path.slice(at);
}

/** The same for its end. */
export function withoutSuffix(path: string, suffix: string): string {
  let end = path.length;
  for (const unit of unitsOf(suffix).reverse()) {
    const found =
      unitAt(path, end - 3, unit) === 3 ? 3 : end > 0 && !isEscape(path, end - 3) ? unitAt(path, end - 1, unit) : 0;
    if (found === 0) return path;
    end -= found;
  }
  return path.slice(0, end);
}

/** The escapes and the other characters of an affix, characters beyond ASCII as the bytes of their UTF-8. */
function unitsOf(affix: string): string[] {
  return (
    Buffer.from(affix, "utf8")
      .toString("latin1")
      .toLowerCase()
      .match(/%[\da-f]{2}|[^]/g) ?? []
  );
}

/** How many characters of `path` at `at` are `unit`; 0: it does not stand there. */
function unitAt(path: string, at: number, unit: string): number {
  if (at < 0 || at >= path.length) return 0;
  if (unit.length === 3) return path.slice(at, at + 3).toLowerCase() === unit ? 3 : 0;
  if (isEscape(path, at)) {
    const char = String.fromCharCode(Number.parseInt(path.slice(at + 1, at + 3), 16));
    return char.toLowerCase() === unit ? 3 : 0;
  }
  return path[at]!.toLowerCase() === unit ? 1 : 0;
}

function isEscape(path: string, at: number): boolean {
  return path[at] === "%" && /^%[\dA-Fa-f]{2}$/.test(path.slice(at, at + 3));
}
