import { describe, expect, test } from "bun:test";
import { array, assert, property, stringMatching, tuple } from "fast-check";
import { seededRandom } from "../../src/clock/index.ts";
import { Fields } from "../../src/http/message/index.ts";
import { HEAD_INCOMPLETE, MessageHead, parseRequestHead } from "../../src/http/h1/wire.ts";
import { DEFAULT_LIMITS } from "../../src/http/message/index.ts";
import { fuzz, TARGETS, verdict } from "./fuzz.ts";
import { surrounded } from "./target.ts";

/** Of those whose cases take longer than a parser's. */
const CASES: Readonly<Record<string, number>> = { connection: 150, packet: 5000, "capture file": 1500 };

describe.each(TARGETS.map(({ target }) => target))("$name", (target) => {
  test("holds for every seed, however it is cut", async () => {
    for (const seed of target.seeds) {
      for (let cut = 0; cut < 20; cut++)
        expect([seed, await verdict(target, seed, seededRandom(cut))]).toEqual([seed, undefined]);
    }
  });

  test("holds for mutants", async () => {
    expect(await fuzz(target, CASES[target.name] ?? 20_000, seededRandom(2026))).toBeUndefined();
  });
});

test("parseRequestHead is incomplete at every split point before the end, and then whole", () => {
  for (const { target } of TARGETS.slice(0, 1)) {
    for (const seed of target.seeds) {
      const head = new MessageHead();
      const bytes = surrounded(seed, 0);
      const whole = parseRequestHead(head, bytes, 0, seed.length, DEFAULT_LIMITS);
      if (whole < 0) continue;
      for (let at = 0; at < whole; at++) {
        head.reset();
        expect([seed, at, parseRequestHead(head, bytes, 0, at, DEFAULT_LIMITS)]).toEqual([seed, at, HEAD_INCOMPLETE]);
      }
    }
  }
});

const token = stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/).filter(
  (name) => !/^(?:host|content-length|transfer-encoding|expect)$/i.test(name),
);
const value = stringMatching(/^(?:[!-~][ -~]{0,30}[!-~]|[!-~]?)$/);

test("a head that is written out and read again has the same fields", () => {
  assert(
    property(array(tuple(token, value), { maxLength: 20 }), (pairs) => {
      const text = `GET / HTTP/1.1\r\nHost: a\r\n${pairs.map(([name, text]) => `${name}: ${text}\r\n`).join("")}\r\n`;
      const bytes = surrounded(text, 0);
      const head = new MessageHead();
      expect(parseRequestHead(head, bytes, 0, text.length, DEFAULT_LIMITS)).toBe(text.length);
      const fields = new Fields();
      fields.adopt(bytes, head.offsets, head.count);
      expect([...fields]).toEqual([["Host", "a"], ...pairs]);
    }),
  );
});
