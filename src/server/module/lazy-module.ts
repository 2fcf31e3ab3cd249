import * as z from "zod/mini";
import { decode } from "./decode.ts";
import type { ModuleDefinition } from "./definition.ts";
import type { Instance } from "./instance.ts";

/**
 * A module whose code is imported when a config first names it: a start pays for what it uses only. `load` resolves to the definition, which
 * must have the same ID; its schema then decodes the config, with the errors that it would have given at once.
 *
 * @example
 * lazyModule("http.handlers.rewrite", async () => (await import("./rewrite/index.ts")).rewrite);
 */
export function lazyModule<Config, Made extends Instance>(
  id: string,
  load: () => Promise<ModuleDefinition<Config, Made>>,
): ModuleDefinition<unknown, Made> {
  return {
    id,
    schema: z.unknown(),
    async provision(config, context) {
      const definition = await load();
      if (definition.id !== id) throw new Error(`the module ${id} turned out to be ${definition.id}`);
      return definition.provision(decode(definition.schema, config, context.path, definition.planned), context);
    },
  };
}
