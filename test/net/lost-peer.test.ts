import { describe, expect, test } from "bun:test";
import { type Conn, dial, listen, type NetError } from "../../src/net/index.ts";
import { bytesOf, settle } from "./pairs.ts";

async function joined(): Promise<readonly [Conn, Conn]> {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const accepted = listener.accept();
  const dialled = await dial("tcp", String(listener.local));
  return [dialled, (await accepted)!];
}

/** What happened to a Conn in push mode. */
interface Seen {
  bytes: number;
  ended: boolean;
  closed: boolean;
  error: NetError | undefined;
}

function watch(conn: Conn): Seen {
  const seen: Seen = { bytes: 0, ended: false, closed: false, error: undefined };
  conn.attach({
    data: (chunk) => void (seen.bytes += chunk.length),
    drain: () => undefined,
    end: () => void (seen.ended = true),
    close: (error) => {
      seen.closed = true;
      seen.error = error;
    },
    timeout: () => undefined,
  });
  return seen;
}

/** Resets `peer`, and lets a send of `conn` find that before the loop could. */
function cut(conn: Conn, peer: Conn): void {
  peer.abort();
  conn.send(bytesOf("to nobody"));
  conn.flush();
}

describe("a reset that a send finds first", () => {
  test("is told as a reset, never as an end, after what the peer had sent", async () => {
    const [conn, peer] = await joined();
    const seen = watch(conn);
    peer.send(bytesOf("last words"));
    peer.flush();
    cut(conn, peer);
    expect(await conn.done).toMatchObject({ code: "ECONNRESET" });
    await settle();
    expect(seen).toMatchObject({ bytes: 10, ended: false, closed: true, error: { code: "ECONNRESET" } });
  });

  test("is told while the Conn is paused", async () => {
    const [conn, peer] = await joined();
    const seen = watch(conn);
    conn.pause();
    await settle();
    cut(conn, peer);
    expect(await conn.done).toMatchObject({ code: "ECONNRESET" });
    expect(seen.closed).toBe(false);
    conn.resume();
    await settle();
    expect(seen).toMatchObject({ ended: false, closed: true, error: { code: "ECONNRESET" } });
  });

  test("is told when the peer had half-closed before", async () => {
    const [conn, peer] = await joined();
    const seen = watch(conn);
    await peer.closeWrite();
    while (!seen.ended) await settle();
    cut(conn, peer);
    expect(await conn.done).toMatchObject({ code: "ECONNRESET" });
    await settle();
    expect(seen).toMatchObject({ ended: true, closed: true, error: { code: "ECONNRESET" } });
  });
});
