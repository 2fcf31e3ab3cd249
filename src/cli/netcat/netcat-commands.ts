import { type Command, InvalidArgumentError, Option } from "commander";
import { parseInteger, parseMs } from "../flag-value.ts";
import { note } from "../help-text.ts";
import type { EchoFlags } from "./echo.ts";
import type { DialFlags, ListenFlags } from "./netcat-flags.ts";

const ADDRESSES = `An address is host:port, with its network before it where that is not tcp: udp/:53, unix//run/app.sock, unixgram/@name, unixpacket/@name.`;

const DIAL_HELP = `${ADDRESSES}
The end of stdin is passed on (TCP: FIN), and the peer's bytes are read until its own end; after datagrams it waits 1 s for answers.
Exit codes: 0 when all went well, 1 for the network's faults, 2 for a wrong command line, 130 after Ctrl-C.`;

const LISTEN_HELP = `${ADDRESSES}
The first who connects, or the first who sends a datagram, is the peer; others are refused, or not heard, unless --keep-open.
Where it listens is told on stderr. Exit codes: as for dial.`;

const ECHO_HELP = `${ADDRESSES}
UDP: a sender whose port is ours, or that of echo, chargen and the like, is not answered: the two would never stop.
SIGTERM and Ctrl-C let connections finish, a second one ends at once.`;

/** Adds what `netwright dial` takes. What it does is loaded when it is called for. */
export function addDialCommand(dial: Command): void {
  dial
    .argument("<address>", "where to")
    .option(
      "-t, --timeout <duration>",
      "for connecting, the look-up of the name included (default: the system's)",
      parseMs,
    )
    .option(
      "-s, --source <address>",
      "where to connect from: an address, :port or both; for unixgram and unixpacket a path or @name",
    )
    .option("-z, --zero", "connect, say how long it took, and close; UDP: ask for a refusal")
    .option("-b, --broadcast", "UDP: an address for many, all of whose answers are heard")
    .addOption(new Option("--proxy-protocol <version>", "begin with a PROXY header").choices(["v1", "v2"]))
    .option("--proxy-source <host:port>", "the client that the PROXY header tells (default: this end)")
    .option(
      "-e, --explain",
      "tell on stderr how the connection comes about and how it goes: what makes TCP reliable, made visible",
    )
    .option("-i, --interval <duration>", "of the progress that --explain tells (default: 1s)", parseInterval)
    .option("-v, --verbose", "say on stderr when it is connected");
  shared(dial)
    .addHelpText("after", note(DIAL_HELP))
    .action(async (address: string, flags: DialFlags) => {
      const { dialCommand } = await import("./dial.ts");
      await dialCommand(address, flags);
    });
}

/** Adds what `netwright listen` takes. */
export function addListenCommand(listen: Command): void {
  listen
    .argument("<address>", "where")
    .option("-k, --keep-open", "serve one peer after the other; datagrams: hear everybody")
    .option("-m, --mode <octal>", "permissions of a Unix socket's file, such as 0666", parseMode)
    .addOption(
      new Option("--proxy-protocol <version>", "expect a PROXY header, and believe it").choices(["v1", "v2", "any"]),
    )
    .option("-q, --quiet", "say nothing on stderr but errors");
  shared(listen)
    .addHelpText("after", note(LISTEN_HELP))
    .action(async (address: string, flags: ListenFlags) => {
      const { listenCommand } = await import("./listen.ts");
      await listenCommand(address, flags);
    });
}

/** Adds what `netwright echo` takes. */
export function addEchoCommand(echo: Command): void {
  echo
    .argument("<address...>", "where, one or several")
    .option("-m, --mode <octal>", "permissions of Unix sockets' files, such as 0666", parseMode)
    .option("-v, --verbose", "tell on stderr of connections and datagrams")
    .addHelpText("after", note(ECHO_HELP))
    .action(async (addresses: readonly string[], flags: EchoFlags) => {
      const { echoCommand } = await import("./echo.ts");
      await echoCommand(addresses, flags);
    });
}

function shared(command: Command): Command {
  return command
    .option(
      "-w, --wait <duration>",
      "once one side has ended, end after so long a silence; or forever (default: forever, dialed datagrams 1s)",
      parseWait,
    )
    .option("--idle <duration>", "give up after so long without a byte", parseMs)
    .option("-N, --no-shutdown", "do not pass the end of stdin on")
    .option("-x, --hexdump", "both directions on stderr as a hexdump")
    .option("--tap <file>", "capture both directions in a pcapng file, for Wireshark")
    .option("-l, --lines", "datagrams: a line of stdin is a packet, a packet a line of stdout")
    .option("--size <bytes>", "datagrams: most bytes of stdin in a packet (default: 16384)", parseSize)
    .option("--ttl <hops>", "how many routers a packet may pass", parseTtl)
    .option("--keepalive <duration>", "TCP: probe the peer after so long a silence; 0: never (default: 15s)", parseMs)
    .option(
      "--linger <duration>",
      "TCP: wait so long for the peer to acknowledge everything, then reset; 0: reset at once",
      parseMs,
    );
}

function parseWait(text: string): number {
  return text === "forever" ? Number.POSITIVE_INFINITY : parseMs(text);
}

function parseInterval(text: string): number {
  const interval = parseMs(text);
  if (interval < 1) throw new InvalidArgumentError("it is at least 1ms.");
  return interval;
}

function parseSize(text: string): number {
  const size = parseInteger(text);
  if (size < 1) throw new InvalidArgumentError("a packet has at least 1 byte.");
  return size;
}

function parseTtl(text: string): number {
  const hops = parseInteger(text);
  if (hops < 1 || hops > 255) throw new InvalidArgumentError("it is 1 to 255.");
  return hops;
}

function parseMode(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) throw new InvalidArgumentError("it is no mode such as 0666 or 622.");
  return Number.parseInt(text, 8);
}
