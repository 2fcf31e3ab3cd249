import { spawn, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Addr } from "../addr/index.ts";
import { insideNetworkNamespace } from "../sys/index.ts";
import type { KeeperProcess } from "./keeper-process.ts";
import { CommandError, type CommandResult, LabError } from "./lab-error.ts";
import { LabProcess } from "./lab-process.ts";
import type { HostLayout, Port } from "./layout.ts";

/** How a command is started in a host. */
export interface SpawnOptions {
  /** Variables beside those of this process and the lab's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: that of this process. */
  readonly cwd?: string;
  /** As of node:child_process (default: three pipes). */
  readonly stdio?: StdioOptions;
  /** Kills it (SIGKILL). */
  readonly signal?: AbortSignal;
}

/** How a command is run to its end in a host. */
export interface RunOptions extends Omit<SpawnOptions, "stdio"> {
  /** What it reads (default: nothing). */
  readonly input?: string;
  /** Whether an exit code other than 0 is a result as good as another, and no error. */
  readonly mayFail?: boolean;
  /** It is killed when it takes longer (default: 60,000 ms). */
  readonly timeoutMs?: number;
}

/** A family of addresses. */
export type Family = "ipv4" | "ipv6";

/** A host of a lab. */
export class Host {
  readonly name: string;
  /** Where the other hosts reach it. */
  readonly address4: Addr;
  readonly address6: Addr;
  /** Its ends of links, in their order. */
  readonly ports: readonly Port[];
  private readonly keeper: KeeperProcess;
  private readonly networkFd: number;
  private readonly variables: Readonly<Record<string, string>>;

  constructor(
    layout: HostLayout,
    keeper: KeeperProcess,
    networkFd: number,
    variables: Readonly<Record<string, string>>,
  ) {
    this.name = layout.name;
    this.address4 = Addr.parse(layout.address4);
    this.address6 = Addr.parse(layout.address6);
    this.ports = layout.ports;
    this.keeper = keeper;
    this.networkFd = networkFd;
    this.variables = { ...variables, LAB_HOST: layout.name };
  }

  /** Starts a command in this host: its network, with the names of all hosts in /etc/hosts. It gets the lab's variables (LAB_HOST, LAB_HOSTS, LAB_ADDRESS4_B …). Throws LabError when the lab was closed. */
  spawn(command: readonly [string, ...string[]], options: SpawnOptions = {}): LabProcess {
    if (this.keeper.isClosed) throw new LabError("the lab was closed");
    const [program, ...args] = [...this.keeper.enter(this.networkFd, options.cwd ?? process.cwd()), ...command];
    const child = spawn(program!, args, {
      env: { ...process.env, ...this.variables, ...options.env },
      stdio: options.stdio ?? ["pipe", "pipe", "pipe"],
    });
    const started = new LabProcess(child);
    const { signal } = options;
    const abort = (): void => started.kill("SIGKILL");
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    void started.exited.catch(() => undefined).then(() => signal?.removeEventListener("abort", abort));
    return started;
  }

  /** Runs a command in this host to its end. Throws CommandError when its exit code is not 0, LabError when it took too long, the signal's reason when that was aborted. */
  async run(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<CommandResult> {
    const { input = "", mayFail = false, timeoutMs = 60_000, signal, ...rest } = options;
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    const started = this.spawn(command, { ...rest, signal: either });
    started.stdin!.on("error", () => undefined).end(input);
    const [stdout, stderr, end] = await Promise.all([text(started.stdout!), text(started.stderr!), started.exited]);
    signal?.throwIfAborted();
    const result = { ...end, stdout, stderr };
    if (timeout.aborted) throw new LabError(`${command.join(" ")} in ${this.name} took longer than ${timeoutMs} ms`);
    if (!mayFail && result.exitCode !== 0) throw new CommandError(this.name, command, result);
    return result;
  }

  /**
   * Runs `act` with this thread in the host's network and returns to the own one: a socket that it makes belongs to the host for as long as it lives, and everything else stays here. For tests of code that
   * makes its sockets at once; what `act` leaves for later, such as a dial that looks up a name first, is done outside. It needs root: throws SystemError.
   */
  inside<T>(act: () => T): T {
    const fd = openSync(this.keeper.networkPath(this.networkFd), "r");
    try {
      return insideNetworkNamespace(fd, act);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Lets this host lose every packet of a family that reaches it, without a word to the sender; neighbours still find it. For trying what a program does whose peer has a dead address family.
   * It needs nftables.
   */
  async drop(family: Family): Promise<void> {
    await this.nft(`table inet lab_${family} {
  chain arriving {
    type filter hook prerouting priority -300;
    iif lo accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    meta nfproto ${family} drop
  }
}`);
  }

  /** Takes packets of a family again. */
  async accept(family: Family): Promise<void> {
    await this.nft(`table inet lab_${family} {}\ndelete table inet lab_${family}`);
  }

  private async nft(script: string): Promise<void> {
    await this.keeper.ask({ ask: "steps", steps: [{ do: "nft", network: this.name, script }] });
  }
}
