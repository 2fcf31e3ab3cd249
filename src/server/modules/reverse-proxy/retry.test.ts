import { describe, expect, test } from "bun:test";
import { mayRetry } from "./retry.ts";

const ONCE = { retries: 1, tryDurationMs: 0, tryIntervalMs: 0 };
const WHILE = { retries: 0, tryDurationMs: 1000, tryIntervalMs: 250 };

describe("mayRetry", () => {
  test("is off unless asked for", () => {
    const off = { retries: 0, tryDurationMs: 0, tryIntervalMs: 0 };
    expect(mayRetry(off, "unsent", "GET", 1, 0, undefined)).toBe(false);
  });

  test("counts tries and time", () => {
    expect(mayRetry(ONCE, "unsent", "GET", 1, 1e9, undefined)).toBe(true);
    expect(mayRetry(ONCE, "unsent", "GET", 2, 0, undefined)).toBe(false);
    expect(mayRetry(WHILE, "none-available", "GET", 99, 999, undefined)).toBe(true);
    expect(mayRetry(WHILE, "none-available", "GET", 99, 1000, undefined)).toBe(false);
    expect(mayRetry({ ...WHILE, retries: 1 }, "unsent", "GET", 2, 0, undefined)).toBe(false);
  });

  test("sends a POST again only when nothing of it has left", () => {
    expect(mayRetry(ONCE, "unsent", "POST", 1, 0, undefined)).toBe(true);
    expect(mayRetry(ONCE, "repeatable", "POST", 1, 0, undefined)).toBe(false);
    expect(mayRetry(ONCE, "repeatable", "POST", 1, 0, true)).toBe(false);
    expect(mayRetry(ONCE, "repeatable", "PATCH", 1, 0, true)).toBe(false);
  });

  test("repeats safe methods, and idempotent ones that retry_match names", () => {
    expect(mayRetry(ONCE, "repeatable", "GET", 1, 0, undefined)).toBe(true);
    expect(mayRetry(ONCE, "repeatable", "GET", 1, 0, false)).toBe(false);
    expect(mayRetry(ONCE, "repeatable", "PUT", 1, 0, undefined)).toBe(false);
    expect(mayRetry(ONCE, "repeatable", "PUT", 1, 0, true)).toBe(true);
  });

  test("never once something of an answer came", () => {
    expect(mayRetry(ONCE, "spent", "GET", 1, 0, true)).toBe(false);
  });
});
