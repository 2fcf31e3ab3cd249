// How a dial ends, with each way told from the others. Run it: bun examples/dial-timeout/main.ts [HOST:PORT [TIMEOUT_MS]]
import { dial, type DialOptions, NetError } from "netwright/net";

/** Dials, and says how that ended. */
export async function outcomeOf(address: string, options: DialOptions): Promise<string> {
  try {
    await using conn = await dial("tcp", address, options);
    return `connected to ${String(conn.remote)}`;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    if (error.code === "ECANCELED") return "canceled";
    if (error.limit === "deadline") return "deadline exceeded";
    if (error.limit !== undefined) return "timed out";
    // Nobody here set a limit that passed: the system gave up, or a name server did.
    return error.isTimeout ? `timed out elsewhere: ${error.message}` : error.message;
  }
}

if (import.meta.main) {
  const [address = "10.0.0.1:http", timeout = "5000"] = process.argv.slice(2);
  console.log(`${address}: ${await outcomeOf(address, { timeoutMs: Number(timeout) })}`);
}
