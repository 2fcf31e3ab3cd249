import { describe, expect, test } from "bun:test";
import { type Conn, pipe } from "../../../net/index.ts";
import { Tunnel } from "./tunnel.ts";

interface Joined {
  readonly client: Conn;
  readonly upstream: Conn;
  readonly tunnel: Tunnel;
  readonly ended: Promise<Tunnel>;
}

function join(): Joined {
  const [client, near] = pipe();
  const [far, upstream] = pipe();
  const { promise: ended, resolve } = Promise.withResolvers<Tunnel>();
  return { client, upstream, tunnel: new Tunnel(near, far, resolve), ended };
}

const text = (chunk: Uint8Array | null): string | null => (chunk === null ? null : Buffer.from(chunk).toString());

async function readAll(conn: Conn): Promise<number> {
  let total = 0;
  for (let chunk = await conn.read(); chunk !== null; chunk = await conn.read()) total += chunk.length;
  return total;
}

describe("Tunnel", () => {
  test("carries bytes both ways", async () => {
    const { client, upstream, tunnel, ended } = join();
    await client.write(Buffer.from("ping"));
    expect(text(await upstream.read())).toBe("ping");
    await upstream.write(Buffer.from("pong"));
    expect(text(await client.read())).toBe("pong");
    tunnel.close();
    expect(await client.read()).toBeNull();
    expect(await upstream.read()).toBeNull();
    await Promise.all([client.close(), upstream.close()]);
    expect(await ended).toBe(tunnel);
  });

  test("a half-close goes through, and the other way goes on", async () => {
    const { client, upstream, ended, tunnel } = join();
    await client.write(Buffer.from("last"));
    await client.closeWrite();
    expect(text(await upstream.read())).toBe("last");
    expect(await upstream.read()).toBeNull();
    await upstream.write(Buffer.from("answer"));
    expect(text(await client.read())).toBe("answer");
    await upstream.closeWrite();
    expect(await client.read()).toBeNull();
    await Promise.all([client.close(), upstream.close()]);
    expect(await ended).toBe(tunnel);
  });

  test("a slow reader holds the sender back, and gets all in the end", async () => {
    const { client, upstream } = join();
    const total = 4 << 20;
    let written = 0;
    const writing = (async () => {
      for (; written < total; written += 16_384) await upstream.write(new Uint8Array(16_384));
      await upstream.closeWrite();
    })();
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(1 << 20);
    expect(await readAll(client)).toBe(total);
    await writing;
  });

  test("a reset on one side resets the other", async () => {
    const { client, upstream, ended, tunnel } = join();
    const failure = upstream.read().catch((error: unknown) => error);
    client.abort();
    expect(String(await failure)).toContain("ECONNRESET");
    expect(await ended).toBe(tunnel);
  });
});
