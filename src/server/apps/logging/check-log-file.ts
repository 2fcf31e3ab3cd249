import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";

const { W_OK, X_OK } = constants;

/** Throws what opening a log file for appending would throw, as far as that can be told without making the file or a folder of its path. */
export function checkLogFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) throw new Error("it is a folder");
  if (found !== undefined) accessSync(file, W_OK);
  else checkFolder(nearestThere(dirname(file)));
}

/** The nearest folder on the way up that is there: the missing ones would be made in it. */
function nearestThere(folder: string): string {
  let at = folder;
  while (statSync(at, { throwIfNoEntry: false }) === undefined && at !== dirname(at)) at = dirname(at);
  return at;
}

function checkFolder(folder: string): void {
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
  accessSync(folder, W_OK | X_OK);
}
