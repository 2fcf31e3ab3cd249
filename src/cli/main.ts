import { plainRun } from "./plain-run.ts";

/** Runs the command of this process's arguments. */
async function main(): Promise<void> {
  const flags = plainRun(process.argv.slice(2));
  if (flags === undefined) {
    const { program } = await import("./program.ts");
    await program.parseAsync();
  } else {
    const { run } = await import("./run.ts");
    process.exitCode = await run(flags);
  }
}

main().catch(async (error: unknown) => {
  const { fail } = await import("./fail.ts");
  fail(error);
});
