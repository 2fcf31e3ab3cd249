import { expect, test } from "bun:test";
import { type Conn, dial, listen, pipe } from "../net/index.ts";
import { RelayServer } from "./relay-server.ts";

test("a target's Conn that is in use already: both sides are cut, and the error is told", async () => {
  const errors: unknown[] = [];
  const targets: Conn[] = [];
  const front = await listen("tcp", "127.0.0.1:0");
  const server = new RelayServer(front, {
    dial: async () => {
      const [target] = pipe();
      target.read().catch(() => undefined);
      targets.push(target);
      return target;
    },
    onDialError: (error) => errors.push(error),
  });
  const client = await dial("tcp", String(front.local));
  expect(await client.read().catch((error: { code: string }) => error.code)).toBe("ECONNRESET");
  await server.shutdown();
  expect(errors).toMatchObject([{ code: "EBUSY" }]);
  expect(targets.map(({ closed }) => closed)).toEqual([true]);
  expect(server.stats).toMatchObject({ accepted: 1, unreached: 1, open: 0 });
  await client.close();
});
