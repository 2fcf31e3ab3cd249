import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What stands in files that nobody may ever be given. */
export const SECRET = "this-must-never-be-served";

/** A folder of files to serve, with a secret beside it. */
export interface Site extends Disposable {
  readonly root: string;
}

/** Makes a site: an index page, a folder, a large sparse file, a link that leaves it, and secrets outside. */
export function makeSite(): Site {
  const folder = mkdtempSync(join(tmpdir(), "netwright-scoreboard-"));
  const root = join(folder, "site");
  mkdirSync(join(root, "folder"), { recursive: true });
  writeFileSync(join(root, "index.html"), "<p>index</p>\n");
  writeFileSync(join(root, "folder/page.html"), "<p>page</p>\n");
  writeFileSync(join(root, "large.bin"), "");
  truncateSync(join(root, "large.bin"), 2 ** 30);
  writeFileSync(join(folder, "secret.txt"), SECRET);
  mkdirSync(join(folder, "site-secret"));
  writeFileSync(join(folder, "site-secret/secret.txt"), SECRET);
  symlinkSync("../secret.txt", join(root, "link.txt"));
  symlinkSync("..", join(root, "up"));
  return { root, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
