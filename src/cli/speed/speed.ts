import { NetError } from "../../net/index.ts";
import { Misuse } from "../misuse.ts";
import { print } from "../print.ts";
import type { Direction } from "./message-wire.ts";
import { measureSpeed, type SpeedPlan } from "./speed-client.ts";
import { DATAGRAM_LEAST_BYTES, DATAGRAM_MAX_BYTES } from "./speed-limits.ts";
import type { SpeedHooks } from "./speed-result.ts";
import { speedTarget } from "./speed-target.ts";
import { intervalHead, intervalLine, planLine, summaryLines } from "./speed-text.ts";

/** The flags of `netwright speed`. Durations are in milliseconds. */
export interface SpeedFlags {
  readonly udp?: true;
  readonly reverse?: true;
  readonly both?: true;
  readonly time: number;
  readonly streams: number;
  readonly rate?: number;
  readonly length?: number;
  readonly interval: number;
  readonly json?: true;
}

const UDP_RATE = 10e6;
/** As a shell tells of a command that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

/** `netwright speed`: runs one test and prints what came of it. Ctrl-C ends it. */
export async function speed(target: string, flags: SpeedFlags): Promise<number> {
  const plan = planOf(flags);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt);
  try {
    const hooks = flags.json === true ? {} : printing();
    const result = await measureSpeed(speedTarget(target), plan, { ...hooks, signal: stop.signal });
    await print(flags.json === true ? JSON.stringify(result) : summaryLines(result).join("\n"));
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw await withSuggestion(target, error);
    return EXIT_INTERRUPTED;
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** A host that there is not may be a slip of "serve", which stands in its place. */
async function withSuggestion(target: string, error: unknown): Promise<unknown> {
  if (!(error instanceof NetError) || error.code !== "ENOTFOUND") return error;
  const { nearestName } = await import("../../server/module/index.ts");
  if (nearestName(target, ["serve"]) === undefined) return error;
  return new Error(`${error.message}; did you mean "netwright speed serve"?`, { cause: error });
}

function planOf(flags: SpeedFlags): SpeedPlan {
  const { both, interval: intervalMs, length, rate = 0, reverse, streams, time: timeMs, udp } = flags;
  if (both === true && reverse === true) throw new Misuse("--both and --reverse: one of the two");
  if (udp === true && length !== undefined && (length < DATAGRAM_LEAST_BYTES || length > DATAGRAM_MAX_BYTES))
    throw new Misuse(`--length: a datagram has from ${DATAGRAM_LEAST_BYTES} to ${DATAGRAM_MAX_BYTES} bytes`);
  const directions: Direction[] = both === true ? ["up", "down"] : reverse === true ? ["down"] : ["up"];
  const rateBitsPerSecond = udp === true && rate === 0 ? UDP_RATE : rate;
  const protocol = udp === true ? "udp" : "tcp";
  return { protocol, directions, streams, timeMs, intervalMs, lengthBytes: length, rateBitsPerSecond };
}

/** Lines for people, as it goes on. */
function printing(): SpeedHooks {
  return {
    onConnected: (server, plan) => console.log(`${planLine(server, plan)}\n\n${intervalHead(plan)}`),
    onInterval: (direction, interval) => console.log(intervalLine(direction, interval)),
  };
}
