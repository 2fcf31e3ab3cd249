import type { Fields } from "../../../http/message/index.ts";
import type { ResponseRequirementConfig } from "./header-operations-config.ts";

/** Tells the responses that operations are for from others, by status and fields. */
export class ResponseRequirement {
  private readonly statuses: readonly number[];
  private readonly fields: readonly (readonly [name: string, values: readonly string[] | null])[];

  constructor(config: ResponseRequirementConfig) {
    this.statuses = config.status_code ?? [];
    this.fields = Object.entries(config.headers ?? {}).map(([name, values]) => [name.toLowerCase(), values] as const);
  }

  matches(status: number, fields: Fields): boolean {
    if (this.statuses.length > 0 && !this.statuses.some((wanted) => statusMatches(status, wanted))) return false;
    return this.fields.every(([name, values]) => fieldMatches(fields, name, values));
  }
}

/** 2 means 200 to 299. */
function statusMatches(status: number, wanted: number): boolean {
  return wanted < 100 ? Math.floor(status / 100) === wanted : status === wanted;
}

function fieldMatches(fields: Fields, name: string, wanted: readonly string[] | null): boolean {
  if (wanted === null) return !fields.has(name);
  if (wanted.length === 0) return fields.has(name);
  return fields.values(name).some((value) => wanted.some((pattern) => valueMatches(value, pattern)));
}

function valueMatches(value: string, pattern: string): boolean {
  if (pattern === "*") return true;
  const starts = pattern.startsWith("*");
  const ends = pattern.endsWith("*");
  if (starts && ends) return value.includes(pattern.slice(1, -1));
  if (starts) return value.endsWith(pattern.slice(1));
  return ends ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}
