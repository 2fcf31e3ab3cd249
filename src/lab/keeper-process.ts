import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { LabError } from "./lab-error.ts";
import type { Answer, Request } from "./step.ts";

/** What the keeper runs: keeper-main.ts, or beside a bundle of ours keeper-main.js. */
const MAIN: string = join(import.meta.dirname, `keeper-main${extname(import.meta.filename)}`);

const NO_LINE: IteratorResult<string> = { done: true, value: undefined };

/** How much of what a keeper says on stderr its error repeats. */
const MOST_SAID = 4096;

/**
 * The process that holds a lab, seen from the one that made it. It is the first of a process namespace with a network, mounts and, without root, users of its
 * own. It ends when this process does, however that happens: its stdin ends, and the kernel kills it (PR_SET_PDEATHSIG); with it the kernel kills all in its namespace.
 */
export class KeeperProcess {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private readonly ended: Promise<unknown>;
  private readonly unprivileged: boolean;
  private said = "";
  private last: Promise<unknown> = Promise.resolve();
  private keeperPid = 0;
  private closed = false;

  private constructor(unprivileged: boolean) {
    this.unprivileged = unprivileged;
    // A session of its own keeps a terminal's signals away from it.
    this.child = spawn("setpriv", keeperArguments(unprivileged), { stdio: ["pipe", "pipe", "pipe"], detached: true });
    this.ended = once(this.child, "close").catch((error: unknown) => {
      this.said = `setpriv and unshare cannot be run (${String(error)}): install util-linux`;
    });
    this.child.stdin!.on("error", () => undefined);
    this.child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.said = (this.said + text).slice(-MOST_SAID);
    });
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts one, as root or in a user namespace. Throws LabError when this system does not let us. */
  static async start(): Promise<KeeperProcess> {
    if (process.platform !== "linux")
      throw new LabError(`labs are made of Linux's namespaces, which ${process.platform} has not`);
    const keeper = new KeeperProcess(process.getuid?.() !== 0);
    try {
      await keeper.ask({ ask: "steps", steps: [] });
    } catch (error) {
      await keeper.close();
      throw error;
    }
    keeper.keeperPid = childOf(keeper.child.pid) ?? 0;
    return keeper;
  }

  /** Asks it something; requests are answered one after the other. Throws LabError when it could not be done. */
  async ask(request: Request): Promise<Answer> {
    const before = this.last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.last = promise;
    await before;
    try {
      if (this.closed) throw new LabError("the lab was closed");
      this.child.stdin!.write(`${JSON.stringify(request)}\n`);
      // One that could not even be started says nothing and ends nothing.
      const line = await Promise.race([this.answers.next(), this.ended.then(() => NO_LINE)]);
      if (line.done === true) throw await this.failure();
      const answer = JSON.parse(line.value) as Answer;
      if (answer.error !== undefined) throw new LabError(`lab: ${answer.error}`);
      return answer;
    } finally {
      resolve();
    }
  }

  /** Where a network that the keeper holds by this descriptor is found. */
  networkPath(networkFd: number): string {
    return `/proc/${this.keeperPid}/fd/${networkFd}`;
  }

  /** Whether it was closed: nothing can run in its networks any more. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** What has to stand before a command for it to run in a network of the keeper's; the first of it is the program. */
  enter(networkFd: number, directory: string): string[] {
    const pid = String(this.keeperPid);
    const user = this.unprivileged ? ["--user", "--preserve-credentials"] : [];
    const network = `--net=${this.networkPath(networkFd)}`;
    const nsenter = ["nsenter", "--target", pid, ...user, "--mount", "--pid", network, "--"];
    // A terminal's Ctrl-C must not end those who wait for the command before the command itself, which hears it as ever.
    const deaf = ["sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh"];
    const hearing = ["env", "--default-signal=INT,QUIT", `--chdir=${directory}`];
    return [...deaf, ...nsenter, ...BOUND, "sh", "-c", TELLING, "sh", ...BOUND, ...hearing];
  }

  /** Ends it, and with it everything in its namespaces. */
  async close(): Promise<void> {
    this.closed = true;
    this.child.stdin!.end();
    await this.ended;
  }

  private async failure(): Promise<LabError> {
    await this.ended;
    const said = this.said.trim();
    const hint = /^unshare:/m.test(said) ? `: ${this.unprivileged ? UNPRIVILEGED_HINT : ROOT_HINT}` : "";
    const what = this.keeperPid === 0 ? "cannot make a lab" : "the lab is gone";
    return new LabError(`${what}: ${said || "its keeper ended"}${hint}`);
  }
}

/** Ends with whoever started it. */
const BOUND: readonly string[] = ["setpriv", "--pdeathsig", "KILL", "--"];

/**
 * A shell's exit code tells by which signal its command ended: nsenter tells it by that signal, which is none where it is deaf to it. What shells say of such an end is not for the command's
 * stderr.
 */
const TELLING = 'exec 9>&2 2>/dev/null; (exec "$@" 2>&9 9>&-); exit $?';

const UNPRIVILEGED_HINT =
  "run it as root, or let users have namespaces of their own (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)";
const ROOT_HINT = "it needs CAP_SYS_ADMIN, which containers withhold unless told otherwise";

function keeperArguments(unprivileged: boolean): string[] {
  const users = unprivileged ? ["--user", "--map-root-user"] : [];
  const namespaces = [...users, "--net", "--mount", "--pid", "--mount-proc"];
  const bun = [process.execPath, "--no-install", "--no-env-file", "--config=/dev/null", MAIN];
  return ["--pdeathsig", "KILL", "--", "unshare", ...namespaces, "--fork", "--kill-child=KILL", "--", ...bun];
}

/** The process id of a process's first child; undefined when it has none. */
export function childOf(pid: number | undefined): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ");
    return first === undefined || first === "" ? undefined : Number(first);
  } catch {
    return undefined; // it has ended
  }
}
