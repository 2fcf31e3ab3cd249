/** What to run. */
export interface RunOptions {
  /** The config as it was read. */
  readonly config: unknown;
  /** Where relative paths in it are meant from. */
  readonly baseDir: string;
  /** The file it came from, for messages; undefined when a command made it. */
  readonly from: string | undefined;
  /** The flag that changes where a command listens. */
  readonly listenSetting?: string | undefined;
  /** Called once when every address listens. */
  readonly onListening?: ((addresses: readonly string[]) => void) | undefined;
}
