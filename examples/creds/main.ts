// An authentication service: lets in whoever is a member of one of the groups, by what the kernel says of the process that connects.
// Run it: bun examples/creds/main.ts GROUP…, then: nc -U creds.sock in the temp directory
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupNumbers, type GroupService, listen, serveGroups } from "netwright/net";

/** Serves members of the named groups at a path. Names that there are no groups of are said and skipped; without any group everybody is denied. */
export async function authenticate(
  path: string,
  names: readonly string[],
  warn: (text: string) => void = console.error,
): Promise<GroupService> {
  const { groups, unknown } = groupNumbers(names);
  for (const name of unknown) warn(`there is no group ${name}`);
  return serveGroups(await listen("unix", path, { mode: 0o666 }), { groups });
}

if (import.meta.main) {
  const path = join(tmpdir(), "creds.sock");
  const service = await authenticate(path, process.argv.slice(2));
  console.log(`listening on ${path}`);
  process.once("SIGINT", () => void service.close());
}
