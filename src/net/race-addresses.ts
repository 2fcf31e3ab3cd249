import type { Addr } from "../addr/index.ts";
import type { Timer } from "../clock/index.ts";
import { type Closable, ConnRace, type RaceInit } from "./conn-race.ts";
import { dialFailure } from "./dial-failure.ts";
import { HappyEyeballs, type HappyEyeballsTimes } from "./happy-eyeballs-machine.ts";
import { NetError } from "./net-error.ts";
import { familiesOf, type IpNetwork, type Resolver } from "./resolver.ts";
import { fromSystemError } from "./system-error.ts";
import type { StepLimits } from "./wait-limits.ts";

/** The race between the addresses of a name. */
export interface AddressRaceInit<Won> extends RaceInit {
  readonly host: string;
  /** Which families may be connected to. */
  readonly families: IpNetwork;
  readonly resolver: Resolver;
  readonly times: HappyEyeballsTimes | undefined;
  /** Tries an address. */
  readonly connect: (addr: Addr, limits: StepLimits) => Promise<Won>;
}

/** Connects to the first address of a name that answers, by Happy Eyeballs (RFC 8305). Throws NetError. */
export async function raceAddresses<Won extends Closable>(init: AddressRaceInit<Won>): Promise<Won> {
  return new AddressRace(init).run();
}

class AddressRace<Won extends Closable> {
  private readonly init: AddressRaceInit<Won>;
  private readonly race: ConnRace<Won>;
  private readonly machine: HappyEyeballs;
  private timer: Timer | undefined = undefined;
  /** Why names could not be found out. */
  private lookupError: unknown = undefined;

  constructor(init: AddressRaceInit<Won>) {
    this.init = init;
    this.race = new ConnRace(init);
    this.machine = new HappyEyeballs(familiesOf(init.families), init.times);
  }

  async run(): Promise<Won> {
    void this.resolve();
    try {
      return await this.race.promise;
    } finally {
      this.clearTimer();
    }
  }

  private get now(): number {
    return this.init.wheel.clock.now();
  }

  /** Takes answers as they come, until the race is over. A resolver that does not stop then is left to itself. */
  private async resolve(): Promise<void> {
    const { families, host, resolver } = this.init;
    try {
      for await (const { addrs, error, family } of resolver.lookup(host, families, this.race.limits)) {
        if (this.race.over.aborted) return;
        this.lookupError ??= error;
        this.machine.answered(family, addrs, this.now);
        this.turn();
      }
    } catch (error) {
      this.lookupError ??= error;
    }
    if (this.race.over.aborted) return;
    this.machine.resolved(this.now);
    this.turn();
  }

  /** Begins what is due, and waits for what comes next. */
  private turn(): void {
    this.clearTimer();
    for (let addr = this.machine.next(this.now); addr !== undefined; addr = this.machine.next(this.now)) this.try(addr);
    if (this.race.over.aborted) return;
    if (this.machine.exhausted) this.race.fail(this.failure());
    else this.wait(this.machine.wakeAt);
  }

  private try(addr: Addr): void {
    this.race.add(this.init.connect(addr, this.race.limits), () => {
      this.machine.failed(this.now);
      this.turn();
    });
  }

  private wait(until: number | undefined): void {
    if (until === undefined) return;
    const { clock } = this.init.wheel;
    this.timer = clock.setTimer(() => this.turn(), Math.max(0, until - clock.now()));
  }

  private clearTimer(): void {
    if (this.timer !== undefined) this.init.wheel.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  private failure(): NetError {
    return dialFailure(this.race.errors) ?? this.unresolved();
  }

  private unresolved(): NetError {
    const { address, host, network } = this.init;
    const init = { op: "dial", network, address, hint: `the name ${JSON.stringify(host)} could not be resolved` };
    if (this.lookupError === undefined) return new NetError({ ...init, code: "ENOTFOUND" });
    return fromSystemError(this.lookupError, init);
  }
}
