import { type Command, Option } from "commander";
import { note } from "../help-text.ts";
import type { LabRunFlags } from "./run.ts";
import type { LabShowFlags } from "./show.ts";

const SETTINGS_HELP = `Topologies: point-to-point (a, b), bus (hosts on one Ethernet segment), star (around a router, hub), ring and mesh (of routers), chain (a, routers, b).
--back and --link take settings in a row, with the names of the flags: "delay 50ms rate 1mbit". A link's number is the place that lab show gives it.`;

const RUN_HELP =
  "The command runs in the lab's first host. It finds the other hosts by name (b, r1), and LAB_TARGET, " +
  'LAB_TARGET6, LAB_HOSTS, LAB_ADDRESS4_B … in its environment; "netwright lab exec b -- COMMAND" in it runs ' +
  "a command in another host. Without a command it is your shell. The exit code is the command's. When it " +
  "ends, the lab and all that runs in it vanish. It needs Linux, iproute2 and util-linux, and root or the " +
  "right to make user namespaces.";

/** Adds what stands below `netwright lab`. What the commands do is loaded when they are called for. */
export function addLabCommands(lab: Command): void {
  withTopologyFlags(lab.command("run <topology> [command...]").description("Make a lab and run a command in it."))
    .option("--host <name>", "where the command runs (default: the first host)")
    .option("--on <host: command>", "a command for sh that runs in another host meanwhile; may be repeated", collect)
    .option("--seed <n>", "of all chances (default: 1)")
    .addOption(
      new Option(
        "--driver <driver>",
        "what carries the links (default: the kernel what it can, user space the rest)",
      ).choices(["kernel", "userspace"]),
    )
    .addHelpText("after", note(`${SETTINGS_HELP}\n${RUN_HELP}`))
    .action(async (topology: string, command: readonly string[], flags: LabRunFlags) => {
      const { labRun } = await import("./run.ts");
      process.exitCode = await labRun(topology, command, flags);
    });

  withTopologyFlags(lab.command("show <topology>").description("Print what a lab would be: hosts, addresses, links."))
    .option("--json", "for programs")
    .addHelpText("after", note(SETTINGS_HELP))
    .action(async (topology: string, flags: LabShowFlags) => {
      const { labShow } = await import("./show.ts");
      process.exitCode = await labShow(topology, flags);
    });

  lab
    .command("exec <host> <command...>")
    .description("In a lab: run a command in another host of it.")
    .helpOption("-h, --help", "this text")
    .action(async (host: string, command: readonly [string, ...string[]]) => {
      const { labExec } = await import("./exec.ts");
      process.exitCode = await labExec(host, command);
    });
}

function withTopologyFlags(command: Command): Command {
  return command
    .helpOption("-h, --help", "this text")
    .option("--hops <n>", "how many links a chain has between a and b (default: 2)")
    .option("--hosts <n>", "how many hosts (default: 3; a ring and a mesh 4)")
    .option("--delay <duration>", "how long a frame is under way on each link, each way")
    .option("--jitter <duration>", "by how much more or less; frames keep their order")
    .option("--loss <percent>", "frames lost")
    .option("--duplicate <percent>", "frames that arrive twice")
    .option("--reorder <percent>", "frames that overtake those under way; it needs --delay")
    .option("--rate <rate>", "how fast a link is, such as 10mbit")
    .option("--queue <bytes>", "what waits to be sent before frames are dropped (default: 100 ms of the rate)")
    .option("--mtu <bytes>", "the largest IP packet (default: 1500)")
    .option("--back <settings>", "what differs on the way back")
    .option("--link <n: settings>", "what differs on link n; may be repeated", collect);
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
