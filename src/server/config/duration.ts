import * as z from "zod/mini";

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Caddy's duration, as milliseconds: a text such as "1m30s" (units ns, us, ms, s, m, h, d) or a number of nanoseconds. */
export const DURATION: z.ZodMiniType<number> = z.pipe(
  z.union([z.string(), z.number()]),
  z.transform((value, context) => {
    const ms = typeof value === "number" ? value / 1e6 : durationMs(value);
    if (ms !== undefined && Number.isFinite(ms)) return ms;
    context.issues.push({
      code: "custom",
      input: value,
      message: `${JSON.stringify(value)} is no duration; write it like "250ms", "1m30s" or "2h"`,
    });
    return z.NEVER;
  }),
);

/** The milliseconds of Caddy's text form of a duration; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|[smhd]))+|0)$/.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [, count, unit] of match[2]!.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|[smhd])/g)) {
    total += Number(count) * UNITS[unit!]!;
  }
  return match[1] === "-" ? -total : total;
}
