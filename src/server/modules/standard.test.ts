import { expect, test } from "bun:test";
import { Glob } from "bun";
import { type ModuleDefinition, Registry } from "../module/index.ts";
import { standardModules } from "./standard.ts";

/** What the folders of this room export that is a module, or a list of them. */
async function exportedIds(): Promise<string[]> {
  const ids: string[] = [];
  for await (const file of new Glob("*/index.ts").scan(import.meta.dir)) {
    const room = (await import(`${import.meta.dir}/${file}`)) as Readonly<Record<string, unknown>>;
    for (const value of Object.values(room).flat()) if (isModule(value)) ids.push(value.id);
  }
  return ids.sort();
}

function isModule(value: unknown): value is ModuleDefinition {
  return typeof value === "object" && value !== null && "provision" in value && "schema" in value;
}

test("lists every module of the room under its own ID, each once", async () => {
  const listed = standardModules.map(({ id }) => id).sort();
  expect(listed).toEqual(await exportedIds());
  expect(() => new Registry(standardModules)).not.toThrow();
});
