import { readFileSync } from "node:fs";
import { dirname } from "node:path";

/** What a user's module may import besides: it describes its config by this, and need not install it for that. */
const SCHEMAS = "zod/mini";

const provided = new Set<string>();
let exported: readonly string[] | undefined;

/**
 * Sees to it that `netwright/…` in a user's module is the copy that is running, wherever that module lies: beside no copy at all, or in a project with
 * another version, whose HandlerError would be none to us. zod/mini is ours where `file` finds none of its own.
 */
export function provideOwnPackage(file: string): void {
  for (const specifier of ownExports()) provide(specifier, Bun.resolveSync(specifier, import.meta.dir));
  if (!resolves(SCHEMAS, dirname(file))) provide(SCHEMAS, Bun.resolveSync(SCHEMAS, import.meta.dir));
}

/** What this package exports, as it is imported. */
function ownExports(): readonly string[] {
  exported ??= readExports();
  return exported;
}

function readExports(): string[] {
  const { name, exports } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    readonly name: string;
    readonly exports: object;
  };
  return Object.keys(exports)
    .filter((key) => !key.endsWith(".json"))
    .map((key) => name + key.slice(1));
}

/** Answers an import by what stands in a file of ours, which is loaded when it is first asked for. */
function provide(specifier: string, file: string): void {
  if (provided.has(specifier)) return;
  provided.add(specifier);
  Bun.plugin({
    name: specifier,
    setup(build) {
      build.module(specifier, async () => ({
        loader: "object",
        exports: (await import(file)) as Record<string, unknown>,
      }));
    },
  });
}

function resolves(specifier: string, from: string): boolean {
  try {
    Bun.resolveSync(specifier, from);
    return true;
  } catch {
    return false;
  }
}
