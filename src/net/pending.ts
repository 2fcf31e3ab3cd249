import { CallbackTimer, type TimerWheel } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";

/** Why a wait ended without what it waited for. */
export type WaitFailure = "ECANCELED" | "ETIMEDOUT";

/** An operation that waits: settled once, and then it lets go of its signal and timer. */
export class Pending<Value> {
  readonly promise: Promise<Value>;
  private readonly resolvers: PromiseWithResolvers<Value>;
  private release: (() => void) | undefined;

  /** `fail` is called when the wait's own limits end it; it must settle the wait. */
  constructor(options: WaitOptions | undefined, wheel: TimerWheel, fail: (code: WaitFailure) => void) {
    this.resolvers = Promise.withResolvers<Value>();
    this.promise = this.resolvers.promise;
    this.release = options === undefined ? undefined : watch(options, wheel, fail);
  }

  resolve(value: Value): void {
    this.release?.();
    this.release = undefined;
    this.resolvers.resolve(value);
  }

  reject(error: Error): void {
    this.release?.();
    this.release = undefined;
    this.resolvers.reject(error);
  }
}

/** The code with which a wait ends before it begins, if its limits have been passed already. */
export function failedBefore(options: WaitOptions | undefined, wheel: TimerWheel): WaitFailure | undefined {
  if (options?.signal?.aborted === true) return "ECANCELED";
  return options?.deadline !== undefined && options.deadline <= wheel.clock.now() ? "ETIMEDOUT" : undefined;
}

/** Calls `fail` at the earliest of the wait's limits; what it returns lets go of them. */
export function watch(options: WaitOptions, wheel: TimerWheel, fail: (code: WaitFailure) => void): () => void {
  const { signal } = options;
  const canceled = (): void => fail("ECANCELED");
  signal?.addEventListener("abort", canceled, { once: true });
  const deadline = deadlineOf(options, wheel);
  const timer = deadline === undefined ? undefined : new CallbackTimer(() => fail("ETIMEDOUT"));
  if (timer !== undefined && deadline !== undefined) wheel.set(timer, deadline);
  return () => {
    signal?.removeEventListener("abort", canceled);
    if (timer !== undefined) wheel.remove(timer);
  };
}

function deadlineOf(options: WaitOptions, wheel: TimerWheel): number | undefined {
  const relative =
    options.timeoutMs === undefined || options.timeoutMs === 0 ? undefined : wheel.clock.now() + options.timeoutMs;
  if (relative === undefined || options.deadline === undefined) return relative ?? options.deadline;
  return Math.min(relative, options.deadline);
}
