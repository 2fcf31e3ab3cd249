import { readFileSync } from "node:fs";

/**
 * How each room of this package is loaded, by the name that others import it by. A bundle has this table with the rooms that are in it instead
 * (scripts/bundle/build.mjs), as there must be one copy of each.
 */
export const ownRooms: ReadonlyMap<string, () => Promise<object>> = new Map(
  exported().map((specifier) => [specifier, async () => loadRoom(specifier)]),
);

async function loadRoom(specifier: string): Promise<object> {
  return (await import(Bun.resolveSync(specifier, import.meta.dirname))) as object;
}

/** What this package exports, as it is imported. */
function exported(): string[] {
  const { name, exports } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    readonly name: string;
    readonly exports: object;
  };
  return Object.keys(exports)
    .filter((key) => !key.endsWith(".json"))
    .map((key) => name + key.slice(1));
}
