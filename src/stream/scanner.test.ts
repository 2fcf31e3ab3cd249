import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/stream/failure-of.ts";
import { type Conn, NetError, pipe } from "../net/index.ts";
import { scanBytes, scanDelimiter, scanLines, scanWords, type SplitFunction } from "./scan-split.ts";
import { Scanner, type ScannerOptions, TokenTooLong } from "./scanner.ts";

const encoder = new TextEncoder();
const textOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : new TextDecoder().decode(bytes));

/** A Conn on which a text comes in pieces of a size. */
function streamOf(text: string | Uint8Array, size = Number.POSITIVE_INFINITY): Conn {
  const [a, b] = pipe();
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  const send = async (): Promise<void> => {
    for (let at = 0; at < bytes.length; at += size)
      await a.write(bytes.subarray(at, Math.min(bytes.length, at + size)));
    await a.closeWrite();
  };
  send().catch(() => undefined);
  return b;
}

async function tokensOf(text: string | Uint8Array, options?: ScannerOptions, size?: number): Promise<string[]> {
  const tokens: string[] = [];
  for await (const token of new Scanner(streamOf(text, size), options).texts()) tokens.push(token);
  return tokens;
}

describe("Scanner", () => {
  test.each([1, 2, 3, 7, 1000])("splits the same in pieces of %d bytes", async (size) => {
    expect(await tokensOf("one\r\ntwo\n\nfour\r\n\r\nlast", {}, size)).toEqual(["one", "two", "", "four", "", "last"]);
    expect(await tokensOf("\n", {}, size)).toEqual([""]);
    expect(await tokensOf("a\rb\r", {}, size)).toEqual(["a\rb"]);
    expect(
      await tokensOf("  The  bigger the\tinterface,\n the weaker the abstraction. ", { split: scanWords }, size),
    ).toEqual(["The", "bigger", "the", "interface,", "the", "weaker", "the", "abstraction."]);
    const comma = scanDelimiter(", ");
    expect(await tokensOf("a, b,c, , d, ", { split: comma }, size)).toEqual(["a", "b,c", "", "d"]);
    expect(await tokensOf("xaabyaaab", { split: scanDelimiter("aab") }, size)).toEqual(["x", "ya"]);
    expect(await tokensOf("ab", { split: scanBytes }, size)).toEqual(["a", "b"]);
    for (const split of [scanLines, scanWords, comma, scanBytes])
      expect(await tokensOf("", { split }, size)).toEqual([]);
  });

  test("tokens are the caller's: later ones don't change them", async () => {
    const scanner = new Scanner(streamOf("aaa\nbbb\n"));
    const first = await scanner.next();
    const second = await scanner.next();
    expect([textOf(first), textOf(second), await scanner.next(), await scanner.next()]).toEqual([
      "aaa",
      "bbb",
      null,
      null,
    ]);
    first!.fill(0);
    expect(textOf(second)).toBe("bbb");
  });

  test("what was not scanned goes back to the Conn", async () => {
    const conn = streamOf("HELLO\r\nbinary\n\0rest");
    for await (const line of new Scanner(conn).texts()) {
      expect(line).toBe("HELLO");
      break;
    }
    expect(textOf(await conn.read())).toBe("binary\n\0rest");
  });

  test("a released scanner can be used on", async () => {
    const conn = streamOf("one\ntwo\nthree");
    const scanner = new Scanner(conn);
    expect(textOf(await scanner.next())).toBe("one");
    scanner.release();
    expect(textOf(await scanner.next())).toBe("two");
    expect(textOf(await scanner.next())).toBe("three");
    conn.unread(encoder.encode("four"));
    expect(await scanner.next()).toBe(null);
    scanner.release();
    expect(textOf(await scanner.next())).toBe("four");
  });

  test("a token of the cap's length passes, one longer is an error, and nothing of it is lost", async () => {
    const fits = "x".repeat(64 * 1024);
    expect(await tokensOf(`${fits}\r\n${fits}\n`)).toEqual([fits, fits]);
    const conn = streamOf(`${fits}x\nnext\n`);
    const scanner = new Scanner(conn);
    expect(await failureOf(scanner.next())).toHaveProperty(
      "message",
      expect.stringContaining("a token is longer than 65536 bytes"),
    );
    scanner.release();
    expect(textOf(await new Scanner(conn, { maxTokenBytes: 65_537 }).next())).toBe(`${fits}x`);
    expect(await failureOf(new Scanner(streamOf("abcdef\n"), { maxTokenBytes: 5 }).next())).toBeInstanceOf(
      TokenTooLong,
    );
    expect(await failureOf(new Scanner(streamOf("a".repeat(1000)), { maxTokenBytes: 5 }).next())).toBeInstanceOf(
      TokenTooLong,
    );
  });

  test("an endless token takes no more memory than the cap: the writer is held back", async () => {
    const [a, b] = pipe();
    const writing = a.write(new Uint8Array(50_000_000)).catch((error: unknown) => error);
    expect(await failureOf(new Scanner(b).next())).toBeInstanceOf(TokenTooLong);
    expect(b.traffic.bytesRead).toBeLessThan(1_000_000);
    b.abort();
    expect(await writing).toBeInstanceOf(NetError);
  });

  test("any amount of white space before a word waits nowhere", async () => {
    expect(await tokensOf(`${" ".repeat(1_000_000)}word`, { split: scanWords, maxTokenBytes: 10 })).toEqual(["word"]);
  });

  test("the work grows with the bytes, not with their square: a long token in 1-byte pieces is looked at once", async () => {
    let looked = 0;
    const counting: SplitFunction = (data, atEnd, seen) => {
      looked += data.length - seen;
      return scanLines(data, atEnd, seen);
    };
    const tokens = await tokensOf(`${"x".repeat(20_000)}\nshort\n`, { split: counting }, 1);
    expect(tokens.map((token) => token.length)).toEqual([20_000, 5]);
    // Each byte once, and the last one of the long token's call again with the line's end.
    expect(looked).toBeLessThan(20_100);
  });

  test("a custom function: three-digit numbers, an error of its own, and a final step", async () => {
    const threes: SplitFunction = (data, atEnd) => {
      if (data.length < 3) {
        if (atEnd && data.length > 0) throw new Error("a number was cut");
        return undefined;
      }
      const token = data.subarray(0, 3);
      return { advance: 3, token, final: token[0] === 0x39 };
    };
    expect(await tokensOf("123456", { split: threes }, 2)).toEqual(["123", "456"]);
    expect(await failureOf(tokensOf("1234", { split: threes }, 1))).toHaveProperty(
      "message",
      expect.stringContaining("a number was cut"),
    );
    const conn = streamOf("111999222");
    expect(await Array.fromAsync(new Scanner(conn, { split: threes }).texts())).toEqual(["111", "999"]);
    expect(textOf(await conn.read())).toBe("222");
  });

  test("a custom function that is wrong is told so", async () => {
    for (const advance of [-1, 100, 0.5])
      expect(await failureOf(new Scanner(streamOf("abc"), { split: () => ({ advance }) }).next())).toBeInstanceOf(
        RangeError,
      );
    const stuck = new Scanner(streamOf("abc"), { split: (data) => ({ advance: 0, token: data.subarray(0, 0) }) });
    const run = async (): Promise<void> => {
      for await (const token of stuck) expect(token.length).toBe(0);
    };
    expect(await failureOf(run())).toHaveProperty("message", expect.stringContaining("without passing over a byte"));
    expect(() => scanDelimiter("")).toThrow(RangeError);
  });

  test("a cancelled wait leaves the scanner usable, with what it had", async () => {
    const [a, b] = pipe();
    const scanner = new Scanner(b);
    await a.write(encoder.encode("hel"));
    const cancel = new AbortController();
    const waiting = scanner.next({ signal: cancel.signal });
    await Promise.resolve();
    cancel.abort();
    expect(await failureOf(waiting)).toHaveProperty("message", expect.stringContaining("ECANCELED"));
    await a.write(encoder.encode("lo\n"));
    expect(textOf(await scanner.next())).toBe("hello");
  });

  test("what is no UTF-8 is shown, and a byte order mark is part of the text", async () => {
    expect(await tokensOf(Uint8Array.of(0xff, 0x41, 0x0a, 0xef, 0xbb, 0xbf, 0x42))).toEqual(["\ufffdA", "\ufeffB"]);
  });
});
