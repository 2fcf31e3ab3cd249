import { Command, InvalidArgumentError, Option } from "commander";
import { parseWorkers } from "./config-of-command.ts";
import { EXIT_USAGE } from "./exit.ts";
import type { FileServerFlags } from "./file-server.ts";
import { collect, parseInteger, parseMs, parsePort } from "./flag-value.ts";
import { addIpCommands } from "./ip/ip-commands.ts";
import { addLabCommands } from "./lab/lab-commands.ts";
import { addDialCommand, addEchoCommand, addListenCommand } from "./netcat/netcat-commands.ts";
import type { RespondFlags } from "./respond.ts";
import type { RelayFlags } from "./relay.ts";
import type { ReverseProxyFlags } from "./reverse-proxy.ts";
import type { RunFlags } from "./run.ts";
import type { ValidateFlags } from "./validate.ts";
import type { SocketsFlags } from "./sockets.ts";
import { addSpeedCommands } from "./speed/speed-commands.ts";
import type { TcpingFlags } from "./tcping.ts";
import type { UnixAuthFlags } from "./unix-auth.ts";
import { version } from "./version.ts";

/** The command line. What a command does is loaded when it is called for. */
export const program: Command = new Command("netwright")
  .description("Network programming for TypeScript: a web server and reverse proxy, and the tools of the trade.")
  .helpCommand("help [command]", "what a command takes")
  .helpOption("-h, --help", "this text")
  .version(version(), "-V, --version", "print the version")
  .usage("<command> [flags]")
  .showHelpAfterError("(run it with --help to see what it takes)")
  .addHelpText("after", "\nhelp <command> says what one takes, with examples.")
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
  });

/** A command with our ways of showing help. */
function command(nameAndArguments: string, description: string, examples: readonly string[]): Command {
  const made = program.command(nameAndArguments).description(description).helpOption("-h, --help", "this text");
  if (examples.length === 0) return made;
  return made.addHelpText("after", `\nExamples:\n${examples.map((example) => `  netwright ${example}`).join("\n")}`);
}

const workers = new Option(
  "-w, --workers <n>",
  'how many processes serve: a number, or "auto" for one a core (default: 1)',
).argParser((text) => {
  try {
    parseWorkers(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
});

const accessLog = new Option("--access-log", "write a line for every request to stderr");

command("run", "Serve what a config says; without one, a welcome site on port 8080.", [
  "run",
  "run --listen :9000",
  "run --config netwright.json",
  "run --config netwright.json --workers auto",
])
  .option("-c, --config <file>", "the config, in Caddy's JSON; - reads it from stdin")
  .addOption(
    new Option("-l, --listen <address>", "where the welcome site listens (default: :8080)").conflicts("config"),
  )
  .addOption(workers)
  .addHelpText("after", "\nSIGTERM and Ctrl-C let connections finish, a second one ends at once.")
  .action(async (flags: RunFlags) => {
    const { run } = await import("./run.ts");
    process.exitCode = await run(flags);
  });

command("validate", "Check a config without serving it: modules are loaded and provisioned, nothing listens.", [
  "validate --config netwright.json",
])
  .requiredOption("-c, --config <file>", "the config, in Caddy's JSON; - reads it from stdin")
  .action(async (flags: ValidateFlags) => {
    const { validate } = await import("./validate.ts");
    process.exitCode = await validate(flags);
  });

command("file-server", "Serve a folder's files.", ["file-server", "file-server --root site --listen 127.0.0.1:9000"])
  .option("-r, --root <folder>", "the folder", ".")
  .option("-l, --listen <address>", "where to listen", ":8080")
  .addOption(accessLog)
  .addOption(workers)
  .action(async (flags: FileServerFlags) => {
    const { fileServer } = await import("./file-server.ts");
    process.exitCode = await fileServer(flags);
  });

command("reverse-proxy", "Pass requests on to one or several upstreams, in turn.", [
  "reverse-proxy --to :9000",
  "reverse-proxy --from :80 --to 10.0.0.1:9000 --to 10.0.0.2:9000",
  'reverse-proxy --to unix//run/app.sock --header-up "X-Site: example"',
])
  .requiredOption(
    "-t, --to <address>",
    "an upstream: host:port, :port, http://host:port or unix//path; may be repeated",
    collect,
  )
  .option("-f, --from <address>", "where to listen", ":8080")
  .option("--header-up <field>", 'a header to set for the upstream, as "Name: value"; may be repeated', collect)
  .option("--header-down <field>", 'a header to set for the client, as "Name: value"; may be repeated', collect)
  .addOption(accessLog)
  .addOption(workers)
  .action(async (flags: ReverseProxyFlags) => {
    const { reverseProxy } = await import("./reverse-proxy.ts");
    process.exitCode = await reverseProxy(flags);
  });

command("respond", "Answer every request in the same way, for tests.", [
  'respond "hello"',
  'respond --status 503 --header "Retry-After: 60"',
  'respond "you asked for {http.request.uri}"',
])
  .argument("[body]", "the body; placeholders such as {http.request.uri} are filled in")
  .option("-s, --status <code>", "the status", "200")
  .option("-H, --header <field>", 'a header, as "Name: value"; may be repeated', collect)
  .option("-l, --listen <address>", "where to listen", ":8080")
  .addOption(accessLog)
  .addOption(workers)
  .action(async (body: string | undefined, flags: RespondFlags) => {
    const { respond } = await import("./respond.ts");
    process.exitCode = await respond(body, flags);
  });

command("relay <listen> <target>", "Pass TCP, UDP or Unix connections on to an address.", [
  "relay :8080 10.0.0.1:80",
  "relay --idle 1m udp/:53 udp/10.0.0.1:53",
  "relay 127.0.0.1:2375 unix//run/docker.sock",
])
  .option(
    "--idle <duration>",
    "forget a client after this long without a byte, such as 90s; 0: never (default: 10m, UDP 60s)",
  )
  .addHelpText(
    "after",
    "\nAn address is host:port, with its network before it where that is not tcp: udp/:53, unix//run/app.sock, unix/@name.\n" +
      "SIGUSR1 prints counts to stderr. SIGTERM and Ctrl-C let connections finish, a second one ends at once.",
  )
  .action(async (listenOn: string, target: string, flags: RelayFlags) => {
    const { relayCommand } = await import("./relay.ts");
    process.exitCode = await relayCommand(listenOn, target, flags);
  });

addDialCommand(
  command("dial", "Connect to a peer, and join it with stdin and stdout: TCP, UDP, Unix sockets of all kinds.", [
    "dial example.com:80",
    "dial --explain --zero example.com:443",
    "dial udp/127.0.0.1:53 --hexdump < query.bin",
    "dial unixgram//dev/log --lines < events.txt",
    "dial --tap talk.pcapng mail.example.com:smtp",
  ]),
);

addListenCommand(
  command("listen", "Wait for a peer, and join it with stdin and stdout: TCP, UDP, Unix sockets of all kinds.", [
    "listen :9000 > file",
    "listen --keep-open --lines udp/:5140",
    "listen --mode 0666 unixpacket//run/app.sock",
    "listen --proxy-protocol any --hexdump 127.0.0.1:8080",
  ]),
);

addEchoCommand(
  command("echo", "Send back what comes: TCP, UDP, Unix sockets of all kinds.", [
    "echo :7 udp/:7",
    "echo --verbose --mode 0666 unix//run/echo.sock unixgram//run/echo-datagrams.sock",
  ]),
);

command("tcping <host:port>", "Measure how long connecting to a TCP port takes, where ICMP is filtered.", [
  "tcping example.com:443",
  "tcping -c 0 -i 200ms [2001:db8::1]:22",
  "tcping -c 10 --json localhost:http",
])
  .option("-c, --count <n>", "how often; 0 and below: until Ctrl-C", parseInteger, 3)
  .option("-i, --interval <duration>", "from one try to the next", parseMs, 1000)
  .option("-W, --wait <duration>", "for each try", parseMs, 5000)
  .option("--json", "a line of JSON for each try, and one for the summary")
  .addHelpText(
    "after",
    "\nThe exit code is 1 when a try failed. A name is looked up each time, which the time told does not contain.",
  )
  .action(async (address: string, flags: TcpingFlags) => {
    const { tcping } = await import("./tcping.ts");
    await tcping(address, flags);
  });

const network = new Option("-n, --network <networks...>", "of these networks only (default: tcp and udp)").choices([
  "tcp",
  "udp",
  "unix",
  "unixgram",
  "unixpacket",
]);

command("sockets", "List this machine's sockets, and say what is wrong with them.", [
  "sockets",
  "sockets --problems",
  "sockets --port 443 --detail",
  "sockets --network unix --json",
])
  .addOption(network)
  .option("-s, --state <states...>", "in these states only, such as ESTABLISHED or CLOSE_WAIT")
  .option("-p, --port <port>", "with this port at either end", parsePort)
  .option("--process <pid or name>", "of this process only")
  .option("--problems", "only those with something wrong; the exit code is 1 when there are any")
  .option("-d, --detail", "round trips, windows, progress, retransmissions and stalls of each connection")
  .option("--json", "for programs")
  .addHelpText(
    "after",
    "\nThose in TIME_WAIT are counted; --state TIME_WAIT lists them. Other users' processes are seen by root only.",
  )
  .action(async (flags: SocketsFlags) => {
    const { sockets } = await import("./sockets.ts");
    sockets(flags);
  });

addIpCommands(
  command("ip", "Explain an address or a prefix; split, merge and compare prefixes.", [
    "ip 2001:db8::1",
    "ip 10.1.2.3/19 --json",
    "ip split 10.1.0.0/19 4",
    "ip split 2001:db8::/32 /34",
    "ip merge 10.0.0.0/25 10.0.0.128/25 10.0.1.0-10.0.1.255",
    "ip range 10.0.0.5-10.0.0.9",
    "ip contains 10.0.0.0/8 10.1.2.3",
  ]),
);

addLabCommands(
  command("lab", "Make a network of hosts on this machine, with delay, loss, rate and MTU on its links.", [
    "lab show chain --hops 3",
    "lab run point-to-point --delay 10ms --loss 1% -- ping -c3 b",
    'lab run chain --hops 3 --rate 10mbit --link "2: mtu 1280" --on "b: iperf3 -s -1" -- iperf3 -c b',
    "lab run bus --hosts 4",
  ]),
);

command("unix-auth [groups...]", "Let in whoever connects to a Unix socket and is in one of the groups.", [
  "unix-auth adm wheel",
  "unix-auth 1000 --listen /run/creds.sock",
])
  .option("-l, --listen <path>", 'a path or an abstract "@name" (default: creds.sock in the temp directory)')
  .addHelpText(
    "after",
    "\nMembers get Welcome and stay connected, others Access denied. The kernel says which groups the process of the peer is in. Without a group everybody is denied.",
  )
  .action(async (groups: readonly string[], flags: UnixAuthFlags) => {
    const { unixAuth } = await import("./unix-auth.ts");
    await unixAuth(groups, flags);
  });

addSpeedCommands(
  command("speed", "Measure throughput, and latency under load, between two of netwright.", [
    "speed serve",
    "speed 192.0.2.1",
    "speed --both --time 30s --streams 4 server.example",
    "speed --udp --rate 50mbit --reverse server.example:5210 --json",
  ]),
);

command("version", "Print the version of netwright and of the Bun that runs it.", []).action(() => {
  console.log(version());
});
