import { realClock, TimerWheel } from "../clock/index.ts";

let wheel: TimerWheel | undefined;

/** The thread's own timer wheel, for everything that is not given one. */
export function threadWheel(): TimerWheel {
  wheel ??= new TimerWheel(realClock);
  return wheel;
}
