import type { Timer } from "../../../clock/index.ts";
import {
  type AddressAnswer,
  type DialAttempt,
  type DialOptions,
  type NetError,
  type Resolver,
  systemResolver,
} from "../../../net/index.ts";
import { closeDescriptor, duplicateDescriptor, tcpInfo } from "../../../sys/index.ts";
import { ms } from "../../socket-text.ts";
import type { Story } from "./story.ts";

/** An attempt to connect. */
interface Attempt {
  /** A duplicate of its socket, so that it can be asked of without being anybody else's by then. */
  readonly fd: number;
  readonly begun: number;
}

/** Tells how a dial goes: what the name's addresses are, which are tried, who answers, how long the handshake takes. */
export class DialStory {
  /** For `dial`. */
  readonly options: Pick<DialOptions, "control" | "resolver" | "trace">;
  private readonly story: Story;
  private readonly intervalMs: number;
  private readonly attempts = new Map<string, Attempt>();
  private winner: string | undefined = undefined;
  private timer: Timer | undefined = undefined;

  constructor(story: Story, intervalMs: number, resolver: Resolver = systemResolver) {
    this.story = story;
    this.intervalMs = intervalMs;
    this.options = {
      control: (fd, _network, address) => this.trying(fd, address),
      trace: (attempt) => this.heard(attempt),
      resolver: { lookup: (host, network, options) => this.lookup(resolver.lookup(host, network, options), host) },
    };
    this.waitOn();
  }

  /** A duplicate of the descriptor of the connection that won, which is the caller's now. */
  take(): number | undefined {
    const attempt = this.winner === undefined ? undefined : this.attempts.get(this.winner);
    if (this.winner !== undefined) this.attempts.delete(this.winner);
    return attempt?.fd;
  }

  /** The dial is over. */
  close(): void {
    if (this.timer !== undefined) this.story.clock.clearTimer(this.timer);
    for (const address of this.attempts.keys()) this.drop(address);
  }

  private async *lookup(answers: AsyncIterable<AddressAnswer>, host: string): AsyncGenerator<AddressAnswer> {
    this.story.say(`looking up ${host}`);
    for await (const answer of answers) {
      this.story.say(answerText(host, answer));
      yield answer;
    }
  }

  private trying(fd: number, address: string): void {
    this.story.say(`trying ${address}: SYN`);
    this.attempts.set(address, { fd: duplicateDescriptor(fd), begun: this.story.clock.now() });
  }

  private heard({ address, error, event }: DialAttempt): void {
    const attempt = this.attempts.get(address);
    if (attempt === undefined) return;
    if (event === "failed") this.failed(address, attempt, error);
    else if (event === "connected") this.connected(address, attempt);
  }

  private connected(address: string, { begun }: Attempt): void {
    const took = ms(this.story.clock.now() - begun);
    if (this.winner === undefined) {
      this.winner = address;
      this.story.say(`${address} answered: SYN-ACK; the handshake took ${took}`);
      return;
    }
    this.story.say(`${address} answered too late, after ${took}: closed`);
    this.drop(address);
  }

  private failed(address: string, { fd }: Attempt, error: NetError | undefined): void {
    if (this.winner === undefined) this.story.say(`${address}: ${reasonOf(address, error)}${unanswered(fd, error)}`);
    else this.story.say(`${address} given up: ${this.winner} was faster`);
    this.drop(address);
  }

  private drop(address: string): void {
    const attempt = this.attempts.get(address);
    this.attempts.delete(address);
    if (attempt !== undefined) closeDescriptor(attempt.fd);
  }

  /** From time to time, who has not answered yet. */
  private waitOn(): void {
    this.timer = this.story.clock.setTimer(
      () => {
        for (const [address, { fd }] of this.attempts)
          if (address !== this.winner) this.story.say(`${address} has not answered${againText(fd)}`);
        this.waitOn();
      },
      this.intervalMs,
      { idle: true },
    );
  }
}

function answerText(host: string, { addrs, error, family }: AddressAnswer): string {
  if (error instanceof Error) return `IPv${family}: ${error.message}`;
  if (addrs.length === 0) return `${host} has no IPv${family} address`;
  return `${host} has IPv${family}: ${addrs.join(", ")}`;
}

/** What the error says, without what was tried. */
function reasonOf(address: string, error: NetError | undefined): string {
  if (error === undefined) return "it failed";
  if (error.code === "ECANCELED") return "given up";
  const at = error.message.indexOf(`${address}: `);
  return at < 0 ? error.message : error.message.slice(at + address.length + 2);
}

function unanswered(fd: number, error: NetError | undefined): string {
  const isUnanswered = error?.code === "ETIMEDOUT" || error?.code === "ECANCELED";
  return isUnanswered ? `; nothing came back${againText(fd)}: a dead host, or a filter that drops` : "";
}

/** How often the SYN was sent again. */
function againText(fd: number): string {
  try {
    const { state, totalRetransmits } = tcpInfo(fd);
    if (state !== "SYN_SENT" || totalRetransmits === 0) return "";
    return `, the SYN was sent again ${totalRetransmits === 1 ? "once" : `${totalRetransmits} times`}`;
  } catch {
    return "";
  }
}
