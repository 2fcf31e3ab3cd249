import { type Command, Option } from "commander";
import { parseInteger, parseMs, parsePort } from "./flag-value.ts";
import { note } from "./help-text.ts";
import type { RelayFlags } from "./relay.ts";
import type { SocketsFlags } from "./sockets.ts";
import type { TcpingFlags } from "./tcping.ts";
import type { UnixAuthFlags } from "./unix-auth.ts";

const network = new Option("-n, --network <networks...>", "of these networks only (default: tcp and udp)").choices([
  "tcp",
  "udp",
  "unix",
  "unixgram",
  "unixpacket",
]);

/** Adds what `netwright relay` takes. What it does is loaded when it is called for, as with the others. */
export function addRelayCommand(command: Command): void {
  command
    .option(
      "--idle <duration>",
      "forget a client after this long without a byte, such as 90s; 0: never (default: 10m, UDP 60s)",
    )
    .option(
      "--engine <name>",
      "what TCP and Unix connections are passed on by: io_uring (Linux 6.6), or the runtime's own sockets: runtime; auto: io_uring where it is to be had",
    )
    .addHelpText(
      "after",
      note(
        "An address is host:port, with its network before it where that is not tcp: udp/:53, unix//run/app.sock, unix/@name.\n" +
          "SIGUSR1 prints counts to stderr. SIGTERM and Ctrl-C let connections finish, a second one ends at once.",
      ),
    )
    .action(async (listenOn: string, target: string, flags: RelayFlags) => {
      const { relayCommand } = await import("./relay.ts");
      process.exitCode = await relayCommand(listenOn, target, flags);
    });
}

/** Adds what `netwright tcping` takes. */
export function addTcpingCommand(command: Command): void {
  command
    .option("-c, --count <n>", "how often; 0 and below: until Ctrl-C", parseInteger, 3)
    .addOption(
      new Option("-i, --interval <duration>", "from one try to the next").argParser(parseMs).default(1000, "1s"),
    )
    .addOption(new Option("-W, --wait <duration>", "for each try").argParser(parseMs).default(5000, "5s"))
    .option("--json", "a line of JSON for each try, and one for the summary")
    .addHelpText(
      "after",
      note(
        "The exit code is 1 when a try failed. A name is looked up each time, which the time told does not contain.",
      ),
    )
    .action(async (address: string, flags: TcpingFlags) => {
      const { tcping } = await import("./tcping.ts");
      process.exitCode = await tcping(address, flags);
    });
}

/** Adds what `netwright sockets` takes. */
export function addSocketsCommand(command: Command): void {
  command
    .addOption(network)
    .option("-s, --state <states...>", "in these states only, such as ESTABLISHED or close-wait")
    .option("-p, --port <port>", "with this port at either end", parsePort)
    .option("--process <pid or name>", "of this process only")
    .option("--problems", "only those with something wrong; the exit code is 1 when there are any")
    .option("-d, --detail", "round trips, windows, progress, retransmissions and stalls of each connection")
    .option("--json", "for programs")
    .addHelpText(
      "after",
      note(
        "Those in TIME_WAIT are counted; --state TIME_WAIT lists them. Other users' processes are seen by root only.",
      ),
    )
    .action(async (flags: SocketsFlags) => {
      const { sockets } = await import("./sockets.ts");
      process.exitCode = await sockets(flags);
    });
}

/** Adds what `netwright unix-auth` takes. */
export function addUnixAuthCommand(command: Command): void {
  command
    .option("-l, --listen <path>", 'a path or an abstract "@name" (default: creds.sock in the temp directory)')
    .addHelpText(
      "after",
      note(
        "Members get Welcome and stay connected, others Access denied. The kernel says which groups the process of the peer is in. Without a group everybody is denied.",
      ),
    )
    .action(async (groups: readonly string[], flags: UnixAuthFlags) => {
      const { unixAuth } = await import("./unix-auth.ts");
      process.exitCode = await unixAuth(groups, flags);
    });
}
