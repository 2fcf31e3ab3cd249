// A name with an IPv6 and an IPv4 address, whose IPv6 is dead: how long a dial takes in a network with 20 ms each way. Needs Linux and root. Run it: bun examples/lab-dead-family/main.ts
import { fileURLToPath } from "node:url";
import { Lab, pointToPoint } from "netwright/lab";
import { dial, listen, NetError } from "netwright/net";

const DELAY_MS = 20;

/** What a dial of "b" came to: the address and how long it took, or the error. */
export interface Outcome {
  readonly remote?: string;
  readonly ms: number;
  readonly error?: string;
}

/** Dials b by its name with both families alive, with a dead IPv6, and with a dead IPv6 that it is told to insist on. */
export async function connectTimes(): Promise<readonly [Outcome, Outcome, Outcome]> {
  await using lab = await Lab.create(pointToPoint({ link: { delayMs: DELAY_MS } }));
  const [a, b] = [lab.host("a"), lab.host("b")];
  const server = b.spawn([process.execPath, MAIN, "server"], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => server.stdout!.once("data", resolve));
  const client = async (network: string): Promise<Outcome> =>
    JSON.parse((await a.run([process.execPath, MAIN, "client", network])).stdout) as Outcome;
  const alive = await client("tcp");
  await b.drop("ipv6");
  return [alive, await client("tcp"), await client("tcp6")];
}

const CASES = ["both families", "IPv6 is dead", "IPv6 is dead, and insisted on"];
const MAIN: string = fileURLToPath(import.meta.url);

async function serve(): Promise<void> {
  const listener = await listen("tcp", ":7");
  listener.serve((conn) => void conn.close());
  console.log("listening");
}

async function connect(network: "tcp" | "tcp6"): Promise<Outcome> {
  const before = performance.now();
  try {
    await using conn = await dial(network, "b:7", { timeoutMs: 2000 });
    return { remote: String(conn.remote), ms: performance.now() - before };
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return { error: error.code, ms: performance.now() - before };
  }
}

if (import.meta.main) {
  const [, , what, network] = process.argv;
  if (what === "server") await serve();
  else if (what === "client") console.log(JSON.stringify(await connect(network === "tcp6" ? "tcp6" : "tcp")));
  else {
    for (const [i, { remote, ms, error }] of (await connectTimes()).entries()) {
      console.log(`${CASES[i]}: ${remote ?? error} after ${ms.toFixed(0)} ms`);
    }
  }
}
