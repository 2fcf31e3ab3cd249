// Ten dials race; the first to connect wins, and the others are canceled. Nobody hangs when none is answered. Run it: bun examples/dial-fanout/main.ts [HOST:PORT]
import { type Conn, dial, dialFirst, type DialOptions, listen, NetError } from "netwright/net";

/** How a race of dials ended. */
export interface FanOut {
  /** The number of the dial that won; undefined when none did. */
  readonly winner: number | undefined;
  /** How each of the others ended: "canceled", "deadline exceeded", or why it failed. */
  readonly others: readonly string[];
}

/** Dials an address `count` times at once under a common deadline, in milliseconds of the wheel's clock. */
export async function fanOut(address: string, count: number, options: DialOptions): Promise<FanOut> {
  const controller = new AbortController();
  const others: string[] = [];
  let winner: number | undefined;
  const take = async (conn: Conn, number: number): Promise<void> => {
    // Two may have connected before the first was seen.
    if (winner === undefined) winner = number;
    else others.push("canceled");
    controller.abort();
    await conn.close();
  };
  const dials = Array.from({ length: count }, async (_, number) => {
    try {
      await take(await dial("tcp", address, { ...options, signal: controller.signal }), number);
    } catch (error) {
      others.push(reasonOf(error));
    }
  });
  await Promise.all(dials);
  return { winner, others };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof NetError)) throw error;
  if (error.code === "ECANCELED") return "canceled";
  return error.limit === "deadline" ? "deadline exceeded" : error.message;
}

if (import.meta.main) {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const address = process.argv[2] ?? String(listener.local);
  const { others, winner } = await fanOut(address, 10, { deadline: performance.now() + 10_000 });
  console.log(winner === undefined ? "nobody won" : `dial ${winner} won`, others);
  // The same in one call, for those who only want the winner.
  await using conn = await dialFirst(
    "tcp",
    Array.from({ length: 10 }, () => address),
    { timeoutMs: 10_000 },
  );
  console.log(`connected from ${String(conn.local)}`);
}
