import { type TimerWheel, WheelTimer } from "../../clock/index.ts";

/** Tells when nothing has happened for so long. Moving it costs an assignment. */
export class SilenceLimit extends WheelTimer {
  private readonly wheel: TimerWheel;
  private readonly silent: () => void;
  private limitMs: number = Number.POSITIVE_INFINITY;

  constructor(wheel: TimerWheel, silent: () => void) {
    super();
    this.wheel = wheel;
    this.silent = silent;
  }

  /** Begins to watch; Infinity: never. */
  begin(limitMs: number): void {
    this.limitMs = limitMs;
    this.touch();
  }

  /** Something happened. */
  touch(): void {
    if (this.limitMs !== Number.POSITIVE_INFINITY) this.wheel.set(this, this.wheel.clock.now() + this.limitMs);
  }

  stop(): void {
    this.limitMs = Number.POSITIVE_INFINITY;
    this.wheel.remove(this);
  }

  override fire(): void {
    this.silent();
  }
}
