import { Command, Option } from "commander";
import { EXIT_USAGE, fail } from "./exit.ts";
import { version } from "./version.ts";

const program = new Command("netwright")
  .description("Network programming for TypeScript: a web server and reverse proxy, and the tools of the trade.")
  .showHelpAfterError("(run it with --help to see what it takes)")
  .configureHelp({ sortSubcommands: false })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
  });

const workers = new Option("--workers <n>", 'how many processes serve: a number, or "auto" for one a core');
const accessLog = new Option("--access-log", "write a line for every request to stderr");

program
  .command("run")
  .description("serve what a config says; without one, a welcome site on port 8080")
  .option("-c, --config <file>", "the config, in Caddy's JSON; - reads it from stdin")
  .addOption(workers)
  .addHelpText("after", "\nSIGTERM and Ctrl-C let connections finish, a second one ends at once.")
  .action(async (options: { config?: string; workers?: string }) => {
    const { run } = await import("./run.ts");
    process.exitCode = await run(options);
  });

program
  .command("validate")
  .description("check a config without serving it: modules are loaded and provisioned, nothing listens")
  .requiredOption("-c, --config <file>", "the config, in Caddy's JSON; - reads it from stdin")
  .action(async (options: { config: string }) => {
    const { validate } = await import("./validate.ts");
    process.exitCode = await validate(options);
  });

program
  .command("file-server")
  .description("serve a folder's files")
  .option("-r, --root <folder>", "the folder", ".")
  .option("-l, --listen <address>", "where to listen", ":8080")
  .addOption(accessLog)
  .addOption(workers)
  .action(async (options: { root: string; listen: string; accessLog?: true; workers?: string }) => {
    const { fileServer } = await import("./file-server.ts");
    process.exitCode = await fileServer(options);
  });

program
  .command("reverse-proxy")
  .description("pass requests on to one or several upstreams, in turn")
  .requiredOption(
    "-t, --to <address...>",
    "an upstream: host:port, :port, http://host:port or unix//path; may be repeated",
  )
  .option("-f, --from <address>", "where to listen", ":8080")
  .option("--header-up <field...>", 'a header to set for the upstream, as "Name: value"')
  .option("--header-down <field...>", 'a header to set for the client, as "Name: value"')
  .addOption(accessLog)
  .addOption(workers)
  .action(
    async (options: {
      to: string[];
      from: string;
      headerUp?: string[];
      headerDown?: string[];
      accessLog?: true;
      workers?: string;
    }) => {
      const { reverseProxy } = await import("./reverse-proxy.ts");
      process.exitCode = await reverseProxy(options);
    },
  );

program
  .command("respond")
  .description("answer every request in the same way, for tests")
  .argument("[body]", "the body; placeholders such as {http.request.uri} are filled in")
  .option("-s, --status <code>", "the status", "200")
  .option("-H, --header <field...>", 'a header, as "Name: value"')
  .option("-l, --listen <address>", "where to listen", ":8080")
  .addOption(accessLog)
  .addOption(workers)
  .action(
    async (
      body: string | undefined,
      options: { status: string; header?: string[]; listen: string; accessLog?: true; workers?: string },
    ) => {
      const { respond } = await import("./respond.ts");
      process.exitCode = await respond(body, options);
    },
  );

program
  .command("version")
  .description("print the version of netwright and of the Bun that runs it")
  .action(() => {
    console.log(version());
  });

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
