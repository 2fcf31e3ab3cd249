import { dirname } from "node:path";

/** What a user's module may import besides: it describes its config by this, and need not install it for that. */
const SCHEMAS = "zod/mini";

const provided = new Set<string>();

/**
 * Sees to it that `netwright/…` in a user's module is the copy that is running, wherever that module lies: beside no copy at all, or in a project with
 * another version, whose HandlerError would be none to us. zod/mini is ours where `file` finds none of its own.
 */
export async function provideOwnPackage(file: string): Promise<void> {
  const { ownRooms } = await import("./own-rooms.ts");
  for (const [specifier, load] of ownRooms) provide(specifier, load);
  if (!resolves(SCHEMAS, dirname(file))) {
    provide(SCHEMAS, async () => (await import(Bun.resolveSync(SCHEMAS, import.meta.dirname))) as object);
  }
}

/** Answers an import by what `load` resolves to, when it is first asked for. */
function provide(specifier: string, load: () => Promise<object>): void {
  if (provided.has(specifier)) return;
  provided.add(specifier);
  Bun.plugin({
    name: specifier,
    setup(build) {
      build.module(specifier, async () => ({ loader: "object", exports: (await load()) as Record<string, unknown> }));
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
