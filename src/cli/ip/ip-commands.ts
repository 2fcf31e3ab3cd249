import type { Command } from "commander";
import { note } from "../help-text.ts";
import type { ContainsFlags } from "./contains.ts";
import type { IpFlags } from "./explain.ts";

const EXPLAIN_HELP = `A prefix may have its length or a mask behind the /: 10.0.0.0/8, 10.0.0.0/255.0.0.0. A hardware address is explained, too.
The target - reads targets from stdin, one a line. What does not parse is told with its place, and the exit code is 2.`;

const CONTAINS_HELP = `The exit code is 0 when all are in it, 1 when one is not, 2 when something does not parse. The target - reads targets from stdin, one a line.
An IPv4 prefix holds no IPv4-mapped address such as ::ffff:10.0.0.1.`;

const MERGE_HELP = `A target is a prefix, an address or a range such as 10.0.0.5-10.0.0.9; - reads targets from stdin, one a line.`;

/**
 * Adds what `netwright ip` takes and what stands below it. What the commands do is loaded when they are called for. Their flags are taken together with those
 * of `ip`, which gets hold of --json wherever it stands.
 */
export function addIpCommands(ip: Command): void {
  ip.argument("<target...>", "addresses, prefixes, or - for lines of stdin")
    .helpCommand(false)
    .option("--json", "an object a line, for programs")
    .addHelpText("after", note(EXPLAIN_HELP))
    .action(async (args: readonly string[], flags: IpFlags) => {
      const { explain } = await import("./explain.ts");
      process.exitCode = await explain(args, flags);
    });

  below(ip, "split <prefix> <parts>", "Split a prefix into so many parts, or into parts of a length, such as /26.")
    .option("--json", "an array, for programs")
    .action(async (prefix: string, parts: string, _: IpFlags, command: Command) => {
      const { split } = await import("./split.ts");
      process.exitCode = await split(prefix, parts, command.optsWithGlobals());
    });

  below(ip, "merge <target...>", "Print the fewest prefixes that hold the same addresses.")
    .option("--json", "an array, for programs")
    .addHelpText("after", note(MERGE_HELP))
    .action(async (args: readonly string[], _: IpFlags, command: Command) => {
      const { merge } = await import("./merge.ts");
      process.exitCode = await merge(args, command.optsWithGlobals());
    });

  below(ip, "range <first-last>", "Print the fewest prefixes that hold a range, such as 10.0.0.5-10.0.0.9.")
    .option("--json", "an array, for programs")
    .action(async (range: string, _: IpFlags, command: Command) => {
      const { merge } = await import("./merge.ts");
      process.exitCode = await merge([range], command.optsWithGlobals());
    });

  below(ip, "contains <prefix> <target...>", "Tell whether addresses or prefixes lie in a prefix.")
    .option("--json", "an object a line, for programs")
    .option("-q, --quiet", "only the exit code")
    .addHelpText("after", note(CONTAINS_HELP))
    .action(async (prefix: string, args: readonly string[], _: ContainsFlags, command: Command) => {
      const { contains } = await import("./contains.ts");
      process.exitCode = await contains(prefix, args, command.optsWithGlobals());
    });
}

function below(ip: Command, nameAndArguments: string, description: string): Command {
  return ip.command(nameAndArguments).description(description).helpOption("-h, --help", "this text");
}
