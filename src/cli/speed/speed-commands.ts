import { type Command, InvalidArgumentError, Option } from "commander";
import { formatMs, parseInteger, parseMs } from "../flag-value.ts";
import { note } from "../help-text.ts";
import { parseRate } from "../lab/link-setting.ts";
import type { SpeedServeFlags } from "./serve.ts";
import type { SpeedFlags } from "./speed.ts";
import {
  INTERVAL_LEAST_MS,
  RATE_MAX,
  SPEED_PORT,
  STREAMS_MAX,
  TIME_LEAST_MS,
  TIME_MAX_MS,
  WRITE_MAX_BYTES,
} from "./speed-limits.ts";

const SPEED_HELP =
  'The other side runs "netwright speed serve". The load goes up, from here to there; --reverse turns it ' +
  "round, --both sends both ways at once. What counts is what arrives, by the receiver's clock. Meanwhile a " +
  "small message goes there and back on a TCP connection of its own, 20 times a second: its round trips, " +
  `before the load and under it, show how full the queues on the way are. The port is ${SPEED_PORT} unless ` +
  "one is given, not iperf3's 5201: the two do not understand each other. docs/speed.md describes the " +
  "protocol.";

const SERVE_HELP =
  "It listens on TCP and UDP. By UDP it sends to nobody but a client that has shown a cookie and answered a " +
  "challenge. SIGTERM and Ctrl-C let tests finish, a second one ends at once.";

/** Adds what `netwright speed` takes and what stands below it. What the commands do is loaded when they are called for. */
export function addSpeedCommands(speed: Command): void {
  speed
    .argument("<host[:port]>", "where netwright speed serve runs")
    .helpCommand(false)
    .option("-u, --udp", "numbered datagrams at a rate instead of TCP: loss, order, jitter")
    .option("-R, --reverse", "down: from the server to here")
    .option("-b, --both", "up and down at the same time")
    .addOption(
      new Option("-t, --time <duration>", "how long")
        .argParser(within(parseMs, TIME_LEAST_MS, TIME_MAX_MS))
        .default(10_000, "10s"),
    )
    .option("-P, --streams <n>", "streams in each direction", within(parseInteger, 1, STREAMS_MAX), 1)
    .option(
      "-r, --rate <rate>",
      "what all streams of a direction send together (default: UDP 10mbit, TCP as fast as it goes)",
      rate,
    )
    .option(
      "-l, --length <bytes>",
      `of a write, or of a datagram (default: ${128 * 1024}, UDP what the path takes unfragmented)`,
      within(parseInteger, 1, WRITE_MAX_BYTES),
    )
    .addOption(
      new Option("-i, --interval <duration>", "from one line to the next")
        .argParser(within(parseMs, INTERVAL_LEAST_MS, TIME_MAX_MS))
        .default(1000, "1s"),
    )
    .option("--json", "one object at the end, for programs")
    .addHelpText("after", note(SPEED_HELP))
    .action(async (target: string, flags: SpeedFlags) => {
      const { speed } = await import("./speed.ts");
      process.exitCode = await speed(target, flags);
    });

  speed
    .command("serve [address]")
    .description("Wait for tests.")
    .helpOption("-h, --help", "this text")
    .option("--tests <n>", "tests at the same time", within(parseInteger, 1, 1000), 8)
    .addOption(
      new Option("--max-time <duration>", "the longest test")
        .argParser(within(parseMs, TIME_LEAST_MS, TIME_MAX_MS))
        .default(TIME_MAX_MS, "1h"),
    )
    .addHelpText("after", note(SERVE_HELP))
    .action(async (address: string | undefined, flags: SpeedServeFlags) => {
      const { serve } = await import("./serve.ts");
      process.exitCode = await serve(address, flags);
    });
}

/** A flag's number that has limits. */
function within(parse: (text: string) => number, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = parse(text);
    if (value >= least && value <= most) return value;
    const shown = parse === parseMs ? formatMs : String;
    throw new InvalidArgumentError(`it is from ${shown(least)} to ${shown(most)}.`);
  };
}

function rate(text: string): number {
  const value = parseRate(text);
  if (value !== undefined && value >= 1 && value <= RATE_MAX) return value;
  throw new InvalidArgumentError('it is no rate: write "500kbit", "10mbit" or "1gbit".');
}
