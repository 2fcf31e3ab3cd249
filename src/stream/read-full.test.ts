import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/stream/failure-of.ts";
import { SimulatedClock, TimerWheel } from "../clock/index.ts";
import { NetError, pipe } from "../net/index.ts";
import { readFull, readThrough } from "./read-full.ts";
import { UnexpectedEnd } from "./unexpected-end.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("readFull", () => {
  test("fills the buffer over many reads and takes no byte more", async () => {
    const [a, b] = pipe();
    const buffer = new Uint8Array(6);
    const reading = readFull(b, buffer);
    for (const byte of bytesOf("abcdefgh")) await a.write(Uint8Array.of(byte));
    await reading;
    expect(new TextDecoder().decode(buffer)).toBe("abcdef");
    await readFull(b, buffer.subarray(0, 2));
    expect(new TextDecoder().decode(buffer)).toBe("ghcdef");
    await readFull(b, new Uint8Array(0));
  });

  test("says how many bytes came when the stream ends", async () => {
    const [a, b] = pipe();
    await a.write(bytesOf("abc"));
    await a.closeWrite();
    const error = await readFull(b, new Uint8Array(10)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnexpectedEnd);
    expect(error).toMatchObject({ received: 3, expected: 10 });
    expect(String(error)).toBe("UnexpectedEnd: the stream ended within a read of 10 bytes: 3 of 10 bytes came");
    expect(await failureOf(readFull(b, new Uint8Array(1)))).toHaveProperty(
      "message",
      expect.stringContaining("0 of 1 bytes came"),
    );
  });

  test("one limit holds for all of its reads, and what came by then is still there", async () => {
    const clock = new SimulatedClock();
    const [a, b] = pipe({ wheel: new TimerWheel(clock) });
    const reading = readFull(b, new Uint8Array(4), { timeoutMs: 1000 }).catch((caught: unknown) => caught);
    await a.write(bytesOf("ab"));
    await clock.advanceAsync(900);
    await a.write(bytesOf("c"));
    await clock.advanceAsync(200);
    const error = await reading;
    expect(error).toBeInstanceOf(NetError);
    expect(error).toMatchObject({ code: "ETIMEDOUT" });
    const buffer = new Uint8Array(3);
    await readFull(b, buffer);
    expect(new TextDecoder().decode(buffer)).toBe("abc");
  });
});

describe("readThrough", () => {
  test("passes a long stream through a small buffer, whole parts and a last one", async () => {
    const [a, b] = pipe();
    const sent = crypto.getRandomValues(new Uint8Array(60_000));
    const writing = a.write(sent).then(async () => a.closeWrite());
    const buffer = new Uint8Array(7000);
    const lengths: number[] = [];
    const got: Uint8Array[] = [];
    const total = await readThrough(b, buffer, async (part) => {
      await Promise.resolve();
      expect(part.buffer).toBe(buffer.buffer);
      lengths.push(part.length);
      got.push(new Uint8Array(part));
    });
    await writing;
    expect(total).toBe(60_000);
    expect(lengths).toEqual([...Array.from({ length: 8 }, () => 7000), 4000]);
    expect(Buffer.concat(got).equals(sent)).toBe(true);
  });

  test("an empty stream has no parts; an empty buffer is refused", async () => {
    const [a, b] = pipe();
    await a.closeWrite();
    expect(await readThrough(b, new Uint8Array(8), () => expect.unreachable())).toBe(0);
    expect(await failureOf(readThrough(b, new Uint8Array(0), () => undefined))).toBeInstanceOf(RangeError);
  });
});
