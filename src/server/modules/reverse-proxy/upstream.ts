import type { Clock } from "../../../clock/index.ts";
import type { Template } from "../../module/index.ts";
import type { UpstreamState } from "./upstream-state.ts";

/** A backend as one proxy sees it: where it is, what is known of it, and when it may be used. */
export class Upstream {
  /** Its address as the config has it, placeholders and all: what policies and counts go by. */
  readonly dial: string;
  readonly template: Template;
  readonly state: UpstreamState;
  private readonly clock: Clock;
  private readonly maxRequests: number;
  private readonly maxFails: number;

  /** `maxRequests` and `maxFails`: 0 for no limit. */
  constructor(template: Template, state: UpstreamState, clock: Clock, maxRequests: number, maxFails: number) {
    this.dial = template.source;
    this.template = template;
    this.state = state;
    this.clock = clock;
    this.maxRequests = maxRequests;
    this.maxFails = maxFails;
  }

  /** Whether it may be given a request: healthy, and not full. */
  get available(): boolean {
    const { state, maxRequests, maxFails } = this;
    if (maxRequests > 0 && state.requests >= maxRequests) return false;
    return maxFails === 0 || state.clean || state.failsAt(this.clock.now()) < maxFails;
  }

  /** How many failures are held against it. */
  get fails(): number {
    return this.state.failsAt(this.clock.now());
  }

  get requestLimit(): number {
    return this.maxRequests;
  }
}
