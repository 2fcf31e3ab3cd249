/** Says why a file could not be imported: for a file that does not parse, the first thing that is wrong with it and where it stands. */
export function buildFailure(cause: unknown): string {
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(first instanceof Error)) return String(first);
  const place = placeOf(first);
  return place === "" ? first.message : `${first.message} (${place})`;
}

/** Errors of the runtime's parser have a position; the file may be one that the module imports. */
function placeOf(error: Error): string {
  if (!("position" in error) || typeof error.position !== "object" || error.position === null) return "";
  const { file, line, column } = error.position as { file?: unknown; line?: unknown; column?: unknown };
  return typeof file === "string" && typeof line === "number" ? `${file}:${line}:${String(column)}` : "";
}
