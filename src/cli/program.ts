import { Command } from "commander";
import { EXIT_USAGE } from "./exit.ts";
import { examples } from "./help-text.ts";
import { addIpCommands } from "./ip/ip-commands.ts";
import { addLabCommands } from "./lab/lab-commands.ts";
import { addDialCommand, addEchoCommand, addListenCommand } from "./netcat/netcat-commands.ts";
import {
  addFileServerCommand,
  addRespondCommand,
  addReverseProxyCommand,
  addRunCommand,
  addValidateCommand,
} from "./server-commands.ts";
import { addSpeedCommands } from "./speed/speed-commands.ts";
import { addRelayCommand, addSocketsCommand, addTcpingCommand, addUnixAuthCommand } from "./tool-commands.ts";
import { version } from "./version.ts";

/** The command line. What a command does is loaded when it is called for. */
export const program: Command = new Command("netwright")
  .description("Network programming for TypeScript: a web server and reverse proxy, and the tools of the trade.")
  .helpCommand("help [command]", "what a command takes")
  .helpOption("-h, --help", "this text")
  .version(version(), "-V, --version", "print the version")
  .usage("<command> [flags]")
  .showHelpAfterError("(run it with --help to see what it takes)")
  .configureHelp({ minWidthToWrap: 20 })
  .addHelpText("after", "\nhelp <command> says what one takes, with examples.")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "netwright: ")) })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
  });

/** A command with our ways of showing help. */
function command(nameAndArguments: string, description: string, lines: readonly string[]): Command {
  const made = program.command(nameAndArguments).description(description).helpOption("-h, --help", "this text");
  return lines.length === 0 ? made : made.addHelpText("after", examples(lines));
}

addRunCommand(
  command("run", "Serve what a config says; without one, a welcome site on port 8080.", [
    "run",
    "run --listen :9000",
    "run --config netwright.json",
    "run --config netwright.json --workers auto",
  ]),
);

addValidateCommand(
  command("validate", "Check a config without serving it: modules are loaded and provisioned, nothing listens.", [
    "validate --config netwright.json",
  ]),
);

addFileServerCommand(
  command("file-server", "Serve a folder's files.", ["file-server", "file-server --root site --listen 127.0.0.1:9000"]),
);

addReverseProxyCommand(
  command("reverse-proxy", "Pass requests on to one or several upstreams, in turn.", [
    "reverse-proxy --to :9000",
    "reverse-proxy --from :80 --to 10.0.0.1:9000 --to 10.0.0.2:9000",
    'reverse-proxy --to unix//run/app.sock --header-up "X-Site: example"',
  ]),
);

addRespondCommand(
  command("respond", "Answer every request in the same way, for tests.", [
    'respond "hello"',
    'respond --status 503 --header "Retry-After: 60"',
    'respond "you asked for {http.request.uri}"',
  ]),
);

addRelayCommand(
  command("relay <listen> <target>", "Pass TCP, UDP or Unix connections on to an address.", [
    "relay :8080 10.0.0.1:80",
    "relay --idle 1m udp/:53 udp/10.0.0.1:53",
    "relay 127.0.0.1:2375 unix//run/docker.sock",
  ]),
);

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

addTcpingCommand(
  command("tcping <host:port>", "Measure how long connecting to a TCP port takes, where ICMP is filtered.", [
    "tcping example.com:443",
    "tcping -c 0 -i 200ms [2001:db8::1]:22",
    "tcping -c 10 --json localhost:http",
  ]),
);

addSocketsCommand(
  command("sockets", "List this machine's sockets, and say what is wrong with them.", [
    "sockets",
    "sockets --problems",
    "sockets --port 443 --detail",
    "sockets --network unix --json",
  ]),
);

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
    'lab run point-to-point --delay 10ms --on "b: netwright echo :7" -- netwright tcping b:7',
    'lab run chain --hops 3 --rate 10mbit --link "2: mtu 1280" --on "b: netwright speed serve"',
    "lab run bus --hosts 4",
  ]),
);

addUnixAuthCommand(
  command("unix-auth [groups...]", "Let in whoever connects to a Unix socket and is in one of the groups.", [
    "unix-auth adm wheel",
    "unix-auth 1000 --listen /run/creds.sock",
  ]),
);

addSpeedCommands(
  command("speed", "Measure throughput, and latency under load, between two of netwright.", [
    "speed serve",
    "speed 192.0.2.1",
    "speed --both --time 30s --streams 4 server.example",
    "speed --udp --rate 50mbit --reverse server.example:5210 --json",
  ]),
);

command("version", "Print the version of netwright and of the Bun that runs it.", []).action(async () => {
  const { print } = await import("./print.ts");
  await print(version());
});
