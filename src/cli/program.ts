import { Command, InvalidArgumentError, Option } from "commander";
import { parseWorkers } from "./config-of-command.ts";
import { EXIT_USAGE } from "./exit.ts";
import type { FileServerFlags } from "./file-server.ts";
import type { RespondFlags } from "./respond.ts";
import type { ReverseProxyFlags } from "./reverse-proxy.ts";
import type { RunFlags } from "./run.ts";
import type { ValidateFlags } from "./validate.ts";
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
/** Gathers the values of a flag that may be repeated: one of commander's own kind would swallow the arguments behind it, too. */
function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

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

command("version", "Print the version of netwright and of the Bun that runs it.", []).action(() => {
  console.log(version());
});
