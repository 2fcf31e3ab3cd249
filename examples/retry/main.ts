// Connects to a server that may not be up yet: 7 tries, 10 s apart. Run it: bun examples/retry/main.ts HOST:PORT [DELAY_MS]
import type { Clock } from "netwright/clock";
import { type Conn, dial, NetError } from "netwright/net";
import { retry } from "netwright/stream";

/** Dials again after a temporary failure, such as a refusal; gives up at once on others, such as a name that does not exist. */
export async function dialPatiently(
  attempt: () => Promise<Conn>,
  delayMs: number,
  say: (text: string) => void,
  clock?: Clock,
): Promise<Conn> {
  return retry(attempt, {
    delayMs,
    onRetry: (error, tried, waitMs) => say(`try ${tried} failed (${codeOf(error)}); again in ${waitMs / 1000} s`),
    ...(clock === undefined ? {} : { clock }),
  });
}

function codeOf(error: unknown): string {
  return error instanceof NetError ? error.code : String(error);
}

if (import.meta.main) {
  const [, , address = "127.0.0.1:7", delay = "10000"] = process.argv;
  try {
    await using conn = await dialPatiently(async () => dial("tcp", address), Number(delay), console.log);
    console.log(`connected to ${conn.remote.toString()}`);
  } catch (error) {
    console.error(String(error));
    process.exitCode = 1;
  }
}
