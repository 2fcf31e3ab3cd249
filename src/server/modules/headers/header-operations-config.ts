import * as z from "zod/mini";
import type { ReplacementConfig } from "../regexp/index.ts";

/** Caddy's operations on fields. Names in `delete` may begin or end with `*`; in `replace` the name `*` means every field. */
export interface HeaderOperationsConfig {
  readonly add?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly set?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly delete?: readonly string[] | undefined;
  readonly replace?: Readonly<Record<string, readonly ReplacementConfig[]>> | undefined;
}

/** Which responses operations are for. */
export interface ResponseRequirementConfig {
  /** Statuses; one digit means its whole class. */
  readonly status_code?: readonly number[] | undefined;
  /** For each name the values of which one must be there, `*` at either end standing for anything; none: any value; null: the field must be absent. */
  readonly headers?: Readonly<Record<string, readonly string[] | null>> | undefined;
}

/** Operations on the fields of a response. */
export interface ResponseHeaderOperationsConfig extends HeaderOperationsConfig {
  /** Applies them when the response begins, and not before it is made. Implied by `require`. */
  readonly deferred?: boolean | undefined;
  readonly require?: ResponseRequirementConfig | undefined;
}

const VALUES = z.optional(z.record(z.string(), z.array(z.string())));

const REPLACEMENT = z.strictObject({
  search: z.optional(z.string()),
  search_regexp: z.optional(z.string()),
  replace: z.optional(z.string()),
});

const KEYS = {
  add: VALUES,
  set: VALUES,
  delete: z.optional(z.array(z.string())),
  replace: z.optional(z.record(z.string(), z.array(REPLACEMENT))),
};

const REQUIREMENT = z.strictObject({
  status_code: z.optional(z.array(z.int().check(z.gte(1), z.lte(999)))),
  headers: z.optional(z.record(z.string(), z.nullable(z.array(z.string())))),
});

export const HEADER_OPERATIONS: z.ZodMiniType<HeaderOperationsConfig> = z.strictObject(KEYS);

export const RESPONSE_HEADER_OPERATIONS: z.ZodMiniType<ResponseHeaderOperationsConfig> = z.strictObject({
  ...KEYS,
  deferred: z.optional(z.boolean()),
  require: z.optional(REQUIREMENT),
});
