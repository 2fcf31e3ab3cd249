import type * as z from "zod/mini";
import type { ConfigPath } from "./config-error.ts";

type Schema = z.core.$ZodType;

/** The parts of zod's definitions that are walked; each kind of schema has some of them. */
interface Parts {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly items?: readonly Schema[];
  readonly left?: Schema;
  readonly right?: Schema;
  readonly in?: Schema;
  readonly getter?: () => Schema;
}

/** The keys that a schema knows at a place below it, in every branch that has objects there. */
export function keysAt(schema: Schema, path: ConfigPath): string[] {
  let schemas = unwrap(schema);
  for (const step of path) schemas = schemas.flatMap((outer) => below(partsOf(outer), step)).flatMap(unwrap);
  return [...new Set(schemas.flatMap((found) => Object.keys(partsOf(found).shape ?? {})))].sort();
}

function partsOf(schema: Schema): Parts {
  return schema._zod.def;
}

/** The schemas that one stands for, once optionality, defaults, pipes and unions are taken off. */
function unwrap(schema: Schema): Schema[] {
  const { innerType, options, left, right, in: input, getter } = partsOf(schema);
  if (getter !== undefined) return unwrap(getter());
  const inner = [innerType, left, right, input, ...(options ?? [])].filter((part) => part !== undefined);
  return inner.length === 0 ? [schema] : inner.flatMap(unwrap);
}

function below(parts: Parts, step: string | number): Schema[] {
  const own = parts.shape !== undefined && Object.hasOwn(parts.shape, step) ? parts.shape[step] : undefined;
  const named = own ?? (typeof step === "number" ? parts.items?.[step] : undefined);
  return [named ?? parts.element ?? parts.valueType].filter((part) => part !== undefined);
}
