/** Why a lab could not be made or changed, or a command in it failed, and what to do. */
export class LabError extends Error {
  override readonly name: string = "LabError";
}

/** A command in a lab that did not end with exit code 0. */
export class CommandError extends LabError {
  override readonly name = "CommandError";
  readonly result: CommandResult;

  constructor(host: string, command: readonly string[], result: CommandResult) {
    const end = result.signal === undefined ? `exit code ${result.exitCode}` : result.signal;
    const said = result.stderr.trim().slice(-MOST_SAID);
    super(`${command.join(" ")} in ${host} ended with ${end}${said === "" ? "" : `: ${said}`}`);
    this.result = result;
  }
}

/** How much of a command's own words its error repeats. */
const MOST_SAID = 1000;

/** How a command ended, and what it said. */
export interface CommandResult {
  /** 127 when there is no such command; undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}
