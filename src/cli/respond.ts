import { HANDLER_PATH, parseHeaderFlags, parseWorkers, serverConfig } from "./config-of-command.ts";
import { Misuse } from "./misuse.ts";
import { serveCommand } from "./serve-command.ts";

/** The flags of `respond`. */
export interface RespondFlags {
  readonly status: string;
  readonly header?: readonly string[];
  readonly listen: string;
  readonly accessLog?: true;
  readonly workers?: string;
}

/** `netwright respond`. */
export async function respond(body: string | undefined, options: RespondFlags): Promise<number> {
  const status = Number(options.status);
  if (!/^[2-5]\d\d$/.test(options.status)) {
    throw new Misuse(`--status: cannot answer with ${JSON.stringify(options.status)}; give one from 200 to 599`);
  }
  const handler: Record<string, unknown> = { handler: "static_response", status_code: status };
  if (body !== undefined) handler["body"] = body;
  if (options.header !== undefined) handler["headers"] = parseHeaderFlags(options.header, "--header");
  const config = serverConfig({
    listen: options.listen,
    routes: [{ handle: [handler] }],
    accessLog: options.accessLog === true,
    workers: options.workers === undefined ? undefined : parseWorkers(options.workers),
  });
  return serveCommand({
    config,
    doing: `answering ${status} to everything`,
    listenFlag: "--listen",
    flags: [
      { flag: "--status", path: [...HANDLER_PATH, "status_code"] },
      { flag: "body", path: [...HANDLER_PATH, "body"] },
      { flag: "--header", path: [...HANDLER_PATH, "headers"] },
    ],
  });
}
