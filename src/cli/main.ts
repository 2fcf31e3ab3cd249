import { fail } from "./exit.ts";
import { plainRun } from "./plain-run.ts";

try {
  const flags = plainRun(process.argv.slice(2));
  if (flags === undefined) {
    const { program } = await import("./program.ts");
    await program.parseAsync();
  } else {
    const { run } = await import("./run.ts");
    process.exitCode = await run(flags);
  }
} catch (error) {
  fail(error);
}
