import { NetError } from "../../net/index.ts";

/** What a user can change about where a server listens. */
export interface ListenSettings {
  /** The config file, if there is one. */
  readonly from: string | undefined;
  /** The flag of a command, with a value or without one. */
  readonly listenSetting?: string | undefined;
}

/** An address that cannot be listened on, with the setting to change; any other error as it is. */
export function explainListenFailure(error: unknown, settings: ListenSettings): unknown {
  if (!(error instanceof NetError) || error.op !== "listen") return error;
  const setting = describe(settings);
  const why =
    error.code === "EADDRINUSE"
      ? `stop whatever listens there, or ${setting}`
      : error.code === "EACCES"
        ? `ports below 1024 need root or CAP_NET_BIND_SERVICE; or ${setting}`
        : setting;
  // Our own words take the place of the hint, which cannot know the setting.
  const reason = error.hint === undefined ? error.message : error.message.replace(`; ${error.hint}`, "");
  return new Error(`cannot ${reason}\n  ${why}`, { cause: error });
}

function describe(settings: ListenSettings): string {
  if (settings.listenSetting !== undefined) return `choose another address with ${settings.listenSetting}`;
  if (settings.from !== undefined) return `change "listen" of the server in ${settings.from}`;
  return 'write a config of your own whose "listen" says another address, and give it with --config';
}
