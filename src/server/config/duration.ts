import * as z from "zod/mini";
import { durationMs } from "../../clock/index.ts";

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
