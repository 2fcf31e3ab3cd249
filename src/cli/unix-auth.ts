import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Conn, groupNumbers, listen, type NetError, serveGroups } from "../net/index.ts";
import { Misuse } from "./misuse.ts";
import { stopSignal } from "./stop-signal.ts";

/** The flags of `netwright unix-auth`. */
export interface UnixAuthFlags {
  readonly listen?: string;
}

/** Everybody may ask: who is let in, their groups decide. */
const ASK_MODE = 0o666;

/** Serves members of the groups until SIGINT or SIGTERM; a second one ends at once. Resolves to the exit code. */
export async function unixAuth(names: readonly string[], flags: UnixAuthFlags): Promise<number> {
  const path = flags.listen ?? join(tmpdir(), "creds.sock");
  const { groups, unknown } = groupNumbers(names);
  const wrong = unknown.find((name) => /^[-+\d]/.test(name));
  if (wrong !== undefined)
    throw new Misuse(
      `GROUPS: ${JSON.stringify(wrong)} is no group: a number is from 0 to 4294967294, and no name begins so`,
    );
  for (const name of unknown) console.error(`netwright: there is no group ${JSON.stringify(name)}: skipped`);
  const listener = await listen("unix", path, { mode: ASK_MODE });
  const service = serveGroups(listener, { groups, onDenied: sayDenied });
  if (groups.size === 0) console.error("netwright: no group is allowed: everybody is denied");
  console.log(`listening on ${path} for members of ${groups.size === 0 ? "no group" : [...groups].join(", ")}`);
  await stopSignal();
  await service.close();
  return 0;
}

function sayDenied(conn: Conn, error?: NetError): void {
  if (error !== undefined) {
    console.error(`netwright: denied: ${error.message}`);
    return;
  }
  const { pid, uid } = conn.unix!.peerCredentials();
  console.error(`denied: process ${pid} of user ${uid}`);
}
