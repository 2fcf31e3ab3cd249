import type { Clock } from "./clock.ts";

/** Waits so many milliseconds, or until `signal` aborts: it resolves then, too, and whoever waited asks the signal. 0 and below: until the clock's next turn. Never rejects. */
export async function sleep(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clock.clearTimer(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.setTimer(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
