import { stopSignal } from "../stop-signal.ts";
import { planLine } from "./speed-text.ts";
import { SPEED_PORT } from "./speed-limits.ts";
import { SpeedServer } from "./speed-server.ts";
import { speedTarget } from "./speed-target.ts";

/** The flags of `netwright speed serve`. */
export interface SpeedServeFlags {
  readonly tests: number;
  readonly maxTime: number;
}

/** `netwright speed serve`: takes tests until a signal ends it. */
export async function serve(address: string | undefined, flags: SpeedServeFlags): Promise<number> {
  const server = await SpeedServer.listen(address === undefined ? `:${SPEED_PORT}` : speedTarget(address), {
    maxTests: flags.tests,
    maxTimeMs: flags.maxTime,
    onTest: (client, plan) => console.log(planLine(client, plan)),
    onEnd: (client, error) => console.log(`${client.toString()}: ${error === undefined ? "done" : error.message}`),
  });
  console.log(`waiting for tests on ${server.local.toString()}, TCP and UDP; Ctrl-C stops`);
  await stopSignal();
  const finished = server.shutdown();
  if (server.running > 0) console.log("no more tests; waiting for those that run");
  await finished;
  return 0;
}
