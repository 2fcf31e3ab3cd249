import { statSync } from "node:fs";
import { resolve } from "node:path";
import { HANDLER_PATH, parseWorkers, serverConfig } from "./config-of-command.ts";
import { Misuse } from "./misuse.ts";
import { serveCommand } from "./serve-command.ts";

/** The flags of `file-server`. */
export interface FileServerFlags {
  readonly root: string;
  readonly listen: string;
  readonly accessLog?: true;
  readonly workers?: string;
}

/** `netwright file-server`. */
export async function fileServer(options: FileServerFlags): Promise<number> {
  const root = resolve(options.root);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Misuse(`--root: ${root} is no folder; name the one to serve`);
  const config = serverConfig({
    listen: options.listen,
    routes: [{ handle: [{ handler: "file_server", root }] }],
    accessLog: options.accessLog === true,
    workers: options.workers === undefined ? undefined : parseWorkers(options.workers),
  });
  return serveCommand({
    config,
    doing: `serving ${root}`,
    listenFlag: "--listen",
    flags: [{ flag: "--root", path: HANDLER_PATH }],
  });
}
