import { describe, expect, test } from "bun:test";
import { type Conn, NetError, output, pipe, type Sink } from "../net/index.ts";
import { tap, TapOverflow, tapToHexdump, tapToLog } from "./index.ts";
import type { TapOptions } from "./tap-options.ts";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function failureOf(promise: Promise<unknown>): Promise<NetError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetError) return error;
  throw new Error("it did not fail with a NetError");
}

/** Listeners that keep what they hear: neighbouring pieces of one direction as one. */
class Heard implements TapOptions {
  readonly events: string[] = [];
  written = 0;

  readonly onRead = (bytes: Uint8Array): void => this.keep("<", bytes);
  readonly onWrite = (bytes: Uint8Array): void => {
    this.written += bytes.length;
    this.keep(">", bytes);
  };
  readonly onReadEnd = (): void => void this.events.push("read end");
  readonly onWriteEnd = (): void => void this.events.push("write end");
  readonly onClose = (error: NetError | undefined): void => void this.events.push(`close ${error?.code ?? ""}`.trim());

  private keep(mark: string, bytes: Uint8Array): void {
    const last = this.events.length - 1;
    if (this.events[last]?.startsWith(mark) === true) this.events[last] += textOf(bytes);
    else this.events.push(mark + textOf(bytes));
  }
}

const NOTHING: Sink = {
  data: () => undefined,
  drain: () => undefined,
  end: () => undefined,
  close: () => undefined,
  timeout: () => undefined,
};

function tapped(heard: TapOptions = {}): readonly [ReturnType<typeof tap>, Conn] {
  const [a, b] = pipe();
  return [tap(a, heard), b];
}

describe("tap", () => {
  test("pull mode: each byte once, in order, then the ends", async () => {
    const heard = new Heard();
    const [a, b] = tapped(heard);
    await a.write(bytesOf("ask"));
    await b.write(bytesOf("answer"));
    const first = (await a.read())!;
    expect(textOf(first)).toBe("answer");
    a.unread(first.subarray(2));
    const into = new Uint8Array(3);
    expect(await a.readInto(into)).toBe(3);
    expect(textOf((await a.read())!)).toBe("r");
    await b.write(bytesOf("!"));
    await b.closeWrite();
    for await (const chunk of a) expect(textOf(chunk)).toBe("!");
    expect(await a.read()).toBe(null);
    await a.closeWrite();
    await a.closeWrite();
    await a.done;
    await settle();
    expect(heard.events).toEqual([">ask", "<answer!", "read end", "write end", "close"]);
  });

  test("push mode: send, reserve and commit, put-back bytes, detach", async () => {
    const heard = new Heard();
    const [a, b] = tapped(heard);
    const seen: string[] = [];
    a.attach({
      ...NOTHING,
      data: (chunk) => {
        seen.push(textOf(chunk));
        if (seen.length === 1) a.detach(chunk.subarray(1));
      },
    });
    a.send(bytesOf("xoney"), 1, 4);
    output.bytes.set(bytesOf("two"), a.reserve(3));
    a.commit(3);
    await b.write(bytesOf("abc"));
    await settle();
    expect(seen).toEqual(["abc"]);
    expect(textOf((await a.read())!)).toBe("bc");
    expect(textOf((await b.read())!)).toBe("onetwo");
    expect(heard.events).toEqual([">onetwo", "<abc"]);
  });

  test("what a listener gets is its own", async () => {
    const kept: Uint8Array[] = [];
    const [a, b] = tapped({ onRead: (bytes) => void kept.push(bytes), onWrite: (bytes) => void kept.push(bytes) });
    const sent = bytesOf("out");
    await a.write(sent);
    sent.fill(0);
    await b.write(bytesOf("in"));
    (await a.read())!.fill(0);
    expect(kept.map(textOf)).toEqual(["out", "in"]);
    kept[0]!.fill(0);
    expect(textOf((await b.read())!)).toBe("out");
  });

  test("a question that is still on its way is told before its answer", async () => {
    const heard = new Heard();
    const [a, b] = tapped(heard);
    const writing = a.write(bytesOf("q".repeat(1_000_000)));
    await settle();
    await b.write(bytesOf("too long"));
    expect(textOf((await a.read())!)).toBe("too long");
    expect(heard.events[0]).toMatch(/^>q{60000,}$/);
    expect(heard.events[1]).toBe("<too long");
    const told = heard.written;
    expect(told).toBeLessThan(1_000_000);
    let got = 0;
    while (got < 1_000_000) got += (await b.read())!.length;
    await writing;
    expect(heard.written).toBe(1_000_000);
  });

  test("of a write that was cancelled, just what went out is told", async () => {
    for (const answered of [false, true]) {
      const heard = new Heard();
      const [a, b] = tapped(heard);
      await a.write(bytesOf("before"));
      const cancel = new AbortController();
      const writing = failureOf(a.write(new Uint8Array(5_000_000), { signal: cancel.signal }));
      await settle();
      if (answered) {
        await b.write(bytesOf("x"));
        await a.read();
      }
      cancel.abort();
      const error = await writing;
      expect(error.bytesWritten).toBeGreaterThan(0);
      expect(heard.written).toBe(6 + error.bytesWritten!);
    }
  });

  test("what a Conn refuses is not told", async () => {
    const heard = new Heard();
    const [a] = tapped(heard);
    await a.closeWrite();
    expect(a.send(bytesOf("late"))).toBe(false);
    expect((await failureOf(a.write(bytesOf("late")))).code).toBe("EPIPE");
    a.reserve(4);
    expect(a.commit(4)).toBe(false);
    expect(heard.events).toEqual(["write end"]);
    await a.close();
    await settle();
    expect(heard.events).toEqual(["write end", "close"]);
  });

  test("a peer's reset comes behind what was read before it", async () => {
    const heard = new Heard();
    const [a, b] = tapped(heard);
    await b.write(bytesOf("last words"));
    expect(textOf((await a.read())!)).toBe("last words");
    a.unread(bytesOf("last words"));
    b.abort();
    await a.done;
    await settle();
    expect(heard.events).toEqual(["<last words"]);
    await a.read();
    expect((await failureOf(a.read())).code).toBe("ECONNRESET");
    expect(heard.events).toEqual(["<last words", "close ECONNRESET"]);
    const pushed = new Heard();
    const [c, d] = tapped(pushed);
    c.attach(NOTHING);
    d.abort();
    await settle();
    expect(pushed.events).toEqual(["close ECONNRESET"]);
  });

  test("an own abort, and a close while the peer goes on", async () => {
    const heard = new Heard();
    const [a] = tapped(heard);
    a.abort();
    await settle();
    expect(heard.events).toEqual(["close ECONNABORTED"]);
    const closed = new Heard();
    const [c] = tapped(closed);
    await c.close();
    await settle();
    expect(closed.events).toEqual(["write end", "close"]);
  });

  test("a listener that throws or rejects disturbs nothing and is reported once", async () => {
    for (const fail of [
      (): void => {
        throw new Error("disk full");
      },
      async (): Promise<void> => Promise.reject(new Error("disk full")),
    ]) {
      const reasons: unknown[] = [];
      const onFailure = (reason: unknown): never => {
        reasons.push(reason);
        throw new Error("and another one");
      };
      const [a, b] = tapped({
        onRead: fail,
        onWrite: fail,
        onReadEnd: fail,
        onWriteEnd: fail,
        onClose: fail,
        onFailure,
      });
      await a.write(bytesOf("ask"));
      expect(textOf((await b.read())!)).toBe("ask");
      await b.write(bytesOf("answer"));
      await b.closeWrite();
      expect(textOf((await a.read())!)).toBe("answer");
      expect(await a.read()).toBe(null);
      await a.closeWrite();
      expect(await a.done).toBeUndefined();
      await settle();
      expect(reasons.map(String)).toEqual(["Error: disk full"]);
      expect(a.tapStats).toMatchObject({ failures: 5, dropped: 0 });
    }
  });

  test("a listener that never gets done holds up nothing, and memory is bounded", async () => {
    const reasons: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const lengths: number[] = [];
    const [a, b] = tapped({
      maxQueued: 10_000,
      onFailure: (reason) => void reasons.push(reason),
      onWrite: async (bytes) => {
        lengths.push(bytes.length);
        return promise;
      },
    });
    const reading = (async () => {
      let count = 0;
      while (count < 1_000_000) count += (await b.read())!.length;
      return count;
    })();
    for (let i = 0; i < 1000; i++) await a.write(new Uint8Array(1000));
    expect(await reading).toBe(1_000_000);
    expect(lengths).toEqual([1000]);
    expect(a.tapStats.dropped).toBe(990_000);
    expect(reasons.length).toBe(1);
    expect(reasons[0]).toBeInstanceOf(TapOverflow);
    resolve();
    await settle();
    expect(lengths.length).toBe(10);
    await a.write(bytesOf("again"));
    await settle();
    expect([lengths.length, lengths.at(-1), reasons.length]).toEqual([11, 5, 1]);
  });

  test("a listener that is too slow misses bytes, but no end", async () => {
    const heard: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const [a, b] = tapped({
      maxQueued: 1000,
      onWrite: async (bytes) => {
        heard.push(`> ${bytes.length}`);
        return promise;
      },
      onReadEnd: () => void heard.push("read end"),
      onWriteEnd: () => void heard.push("write end"),
      onClose: () => void heard.push("close"),
    });
    for (const length of [100, 1000 - 64, 100]) await a.write(new Uint8Array(length));
    await b.closeWrite();
    expect(await a.read()).toBe(null);
    await a.close();
    await a.done;
    resolve();
    await settle();
    expect(heard).toEqual(["> 100", "> 936", "read end", "write end", "close"]);
    expect(a.tapStats.dropped).toBe(100);
  });

  test("a listener that answers its own traffic ends, and what passed is whole", async () => {
    const [a, b] = tapped({ onWrite: () => void a.send(bytesOf("!")) });
    a.attach(NOTHING);
    a.send(bytesOf("x"));
    expect(textOf((await b.read())!)).toMatch(/^x!+$/);
  });

  test("sendFile and the descriptor, which would pass unheard, are hidden; the rest is passed on", () => {
    const [inner] = pipe();
    const calls: string[] = [];
    const full: Conn = Object.assign(inner, {
      fd: 5,
      sendFile: async () => 0,
      ref: () => void calls.push("ref"),
      unref: () => void calls.push("unref"),
    });
    const conn: Conn = tap(full, {});
    expect([conn.sendFile, conn.fd]).toEqual([undefined, undefined]);
    conn.unref?.();
    conn.ref?.();
    expect(calls).toEqual(["unref", "ref"]);
    const [bare] = pipe();
    expect([tap(bare, {}).ref, tap(bare, {}).unref]).toEqual([undefined, undefined]);
    conn.highWaterMark = 7;
    conn.readDeadline = 1e12;
    conn.writeDeadline = 1e12;
    expect([full.highWaterMark, full.readDeadline, full.writeDeadline]).toEqual([7, 1e12, 1e12]);
    expect([conn.network, conn.local, conn.wheel]).toEqual([full.network, full.local, full.wheel]);
  });
});

describe("tapToLog", () => {
  test("the chapter's monitor: both directions, a line each", async () => {
    const lines: string[] = [];
    const [a, b] = tapped(tapToLog((line) => void lines.push(line)));
    await b.write(bytesOf("Test\n"));
    await a.write((await a.read())!);
    expect(lines).toEqual(["monitor: Test", "monitor: Test"]);
    expect(textOf((await b.read())!)).toBe("Test\n");
  });

  test("several lines, pieces of lines and characters, control characters, what is no UTF-8", async () => {
    const lines: string[] = [];
    const [a] = tapped(tapToLog((line) => void lines.push(line), { prefix: "" }));
    await a.write(bytesOf("GET / HTTP/1.1\r\nHost: x\r\n\r\nbo"));
    await a.write(bytesOf("dy\ttab\u001b[31m\u009b\u2028red\r!"));
    await a.write(Uint8Array.of(0xc3));
    await a.write(Uint8Array.of(0xbc, 0xff));
    expect(lines).toEqual([
      "GET / HTTP/1.1",
      "Host: x",
      "",
      "bo",
      "dy\ttab\\u001b[31m\\u009b\\u2028red\\u000d!",
      "ü\ufffd",
    ]);
  });

  test("a logger's error does not break the traffic, and a slow one is waited for in order", async () => {
    const failures: unknown[] = [];
    const bad = tapToLog(() => Promise.reject(new Error("no log")), {
      onFailure: (reason) => void failures.push(reason),
    });
    const [a, b] = tapped(bad);
    for (let i = 0; i < 3; i++) await a.write(bytesOf("x\n"));
    await settle();
    expect(textOf((await b.read())!)[0]).toBe("x");
    expect([failures.map(String), a.tapStats.failures]).toEqual([["Error: no log"], 3]);
    const lines: string[] = [];
    const [c] = tapped(
      tapToLog(async (line) => {
        await settle();
        lines.push(line);
      }),
    );
    for (let i = 0; i < 3; i++) await c.write(bytesOf(`${i}\n`));
    while (lines.length < 3) await settle();
    expect(lines).toEqual(["monitor: 0", "monitor: 1", "monitor: 2"]);
  });
});

test("tapToHexdump: rows of both directions, each with its own offset", async () => {
  let text = "";
  const [a, b] = tapped(tapToHexdump((rows) => void (text += rows)));
  await a.write(bytesOf("0123456789abcdefg"));
  await b.write(bytesOf("ok"));
  await a.read();
  await a.write(bytesOf("h"));
  expect(text).toBe(
    [
      "> 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
      "> 00000010  67                                                |g|",
      "< 00000000  6f 6b                                             |ok|",
      "> 00000011  68                                                |h|",
      "",
    ].join("\n"),
  );
});
