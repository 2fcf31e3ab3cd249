import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, type ModuleDefinition, type RegisteredModule } from "../module/index.ts";
import { buildFailure } from "./build-failure.ts";
import { provideOwnPackage } from "./own-package.ts";

/**
 * Loads the files that `modules` of a config names, relative to its folder. Each exports one module as its default, or a list of them. Throws
 * ConfigError with the file's place in the config.
 */
export async function loadModules(files: readonly string[], baseDir: string): Promise<RegisteredModule[]> {
  const loaded: RegisteredModule[] = [];
  for (const [i, file] of files.entries()) loaded.push(...(await loadFile(resolve(baseDir, file), i)));
  return loaded;
}

async function loadFile(file: string, index: number): Promise<RegisteredModule[]> {
  const path = ["modules", index];
  const fileHash = process
    .getBuiltinModule("node:crypto")
    .createHash("sha256")
    .update(readModule(file, path))
    .digest("hex");
  let exports: { readonly default?: unknown };
  await provideOwnPackage(file);
  try {
    exports = (await import(file)) as { readonly default?: unknown };
  } catch (cause) {
    throw new ConfigError(path, `cannot load the module ${file}: ${buildFailure(cause)}`, { cause });
  }
  const made = exports.default;
  const definitions = Array.isArray(made) ? made : [made];
  return definitions.map((definition: unknown) => {
    if (isDefinition(definition)) return { definition, fileHash };
    throw new ConfigError(path, `${file} has no module as its default export`, {
      hint: "write export default defineModule({ id, schema, provision })",
    });
  });
}

function readModule(file: string, path: readonly (string | number)[]): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ConfigError(
      path,
      `cannot read the module ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: "paths are meant from the folder of the config file",
        cause,
      },
    );
  }
}

function isDefinition(value: unknown): value is ModuleDefinition {
  if (typeof value !== "object" || value === null) return false;
  const { id, provision, schema } = value as Partial<ModuleDefinition>;
  return typeof id === "string" && typeof provision === "function" && typeof schema === "object";
}
