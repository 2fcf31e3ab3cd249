import { afterEach } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import { type Conn, NetError } from "../../src/net/index.ts";
import type { ConnKind, PairTime } from "./conn-kind.ts";

/** Pairs of one kind, given back after each test. */
export class Pairs {
  private readonly kind: ConnKind;
  private readonly made: Conn[] = [];

  /** To be called inside `describe`. */
  constructor(kind: ConnKind) {
    this.kind = kind;
    afterEach(async () => {
      for (const conn of this.made.splice(0)) conn.abort();
      await kind.dispose?.();
    });
  }

  async make(time?: PairTime): Promise<readonly [Conn, Conn]> {
    const pair = await this.kind.pair(time);
    this.made.push(...pair);
    return pair;
  }

  /** A pair whose deadlines run on a clock that stands still. */
  async timed(): Promise<{ readonly a: Conn; readonly b: Conn; readonly clock: SimulatedClock }> {
    const clock = new SimulatedClock();
    const [a, b] = await this.make({ clock, wheel: new TimerWheel(clock) });
    return { a, b, clock };
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** Bytes in which a piece that is lost, doubled or swapped shows. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 0xff;
  return bytes;
}

/** The NetError that something waits for fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<NetError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof NetError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** Reads until `count` bytes have come, or the end. */
export async function readSome(conn: Conn, count: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < count) {
    const chunk = await conn.read();
    if (chunk === null) break;
    chunks.push(chunk);
    length += chunk.length;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Reads to the end. */
export async function readAll(conn: Conn): Promise<Uint8Array> {
  return readSome(conn, Number.POSITIVE_INFINITY);
}

/** Lets everything happen that needs no more than the loop's next turns. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Writes until the peer's slowness holds the writer back; returns the write that waits and how much was put in before it. */
export async function fillUp(conn: Conn): Promise<{ readonly pending: Promise<void>; readonly before: number }> {
  const piece = pattern(256 * 1024);
  for (let before = 0; ; before += piece.length) {
    let done = false;
    const pending = conn.write(piece).finally(() => (done = true));
    pending.catch(() => undefined);
    await settle();
    if (!done) return { pending, before };
  }
}
