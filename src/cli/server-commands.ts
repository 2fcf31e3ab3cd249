import { type Command, InvalidArgumentError, Option } from "commander";
import { parseWorkers } from "./config-of-command.ts";
import type { FileServerFlags } from "./file-server.ts";
import { collect } from "./flag-value.ts";
import { note } from "./help-text.ts";
import type { RespondFlags } from "./respond.ts";
import type { ReverseProxyFlags } from "./reverse-proxy.ts";
import type { RunFlags } from "./run.ts";
import type { ValidateFlags } from "./validate.ts";

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

/** Adds what `netwright run` takes. What it does is loaded when it is called for, as with the others. */
export function addRunCommand(command: Command): void {
  command
    .option("-c, --config <file>", "the config, in Caddy's JSON; - reads it from stdin")
    .addOption(
      new Option("-l, --listen <address>", "where the welcome site listens (default: :8080)").conflicts("config"),
    )
    .addOption(workers)
    .addHelpText("after", note("SIGTERM and Ctrl-C let connections finish, a second one ends at once."))
    .action(async (flags: RunFlags) => {
      const { run } = await import("./run.ts");
      process.exitCode = await run(flags);
    });
}

/** Adds what `netwright validate` takes. */
export function addValidateCommand(command: Command): void {
  command
    .requiredOption("-c, --config <file>", "the config, in Caddy's JSON; - reads it from stdin")
    .action(async (flags: ValidateFlags) => {
      const { validate } = await import("./validate.ts");
      process.exitCode = await validate(flags);
    });
}

/** Adds what `netwright file-server` takes. */
export function addFileServerCommand(command: Command): void {
  command
    .option("-r, --root <folder>", "the folder", ".")
    .option("-l, --listen <address>", "where to listen", ":8080")
    .addOption(accessLog)
    .addOption(workers)
    .action(async (flags: FileServerFlags) => {
      const { fileServer } = await import("./file-server.ts");
      process.exitCode = await fileServer(flags);
    });
}

/** Adds what `netwright reverse-proxy` takes. */
export function addReverseProxyCommand(command: Command): void {
  command
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
}

/** Adds what `netwright respond` takes. */
export function addRespondCommand(command: Command): void {
  command
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
}
