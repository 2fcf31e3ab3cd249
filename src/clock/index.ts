export type { Clock, Timer } from "./clock.ts";
export { durationMs } from "./duration-text.ts";
export { type Random, seededRandom } from "./random.ts";
export { realClock, realRandom } from "./real.ts";
export { sleep } from "./sleep.ts";
export { SimulatedClock } from "./simulated-clock.ts";
export { CallbackTimer, TimerWheel, WheelTimer } from "./timer-wheel.ts";
