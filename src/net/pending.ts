import { CallbackTimer, type TimerWheel } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { TimeLimit } from "./net-error.ts";
import { absoluteLimits, type StepLimits } from "./wait-limits.ts";

/** Why a wait ended without what it waited for: a part of what a NetError is made of. */
export interface WaitFailure {
  /** EINVAL: its limits are none. */
  readonly code: "ECANCELED" | "EINVAL" | "ETIMEDOUT";
  readonly limit?: TimeLimit;
  /** The signal's own reason. */
  readonly cause?: unknown;
  readonly hint?: string;
}

/** A Conn's own deadline passed. */
export const DEADLINE_PASSED: WaitFailure = { code: "ETIMEDOUT", limit: "deadline" };

/** An operation that waits: settled once, and then it lets go of its signal and timer. */
export class Pending<Value> {
  readonly promise: Promise<Value>;
  private readonly resolvers: PromiseWithResolvers<Value>;
  private release: (() => void) | undefined;

  /** `fail` is called when the wait's own limits end it; it must settle the wait. */
  constructor(options: WaitOptions | undefined, wheel: TimerWheel, fail: (failure: WaitFailure) => void) {
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

/** Why a wait ends before it begins, if its limits have been passed already or are none. */
export function failedBefore(options: StepLimits | undefined, wheel: TimerWheel): WaitFailure | undefined {
  if (options === undefined) return undefined;
  const { deadline, signal, timeoutMs } = options;
  if (signal?.aborted === true) return aborted(signal);
  if (timeoutMs !== undefined && !(timeoutMs >= 0))
    return { code: "EINVAL", hint: `timeoutMs is a number of milliseconds from 0, not ${timeoutMs}` };
  if (deadline === undefined || deadline > wheel.clock.now()) return undefined;
  return Number.isNaN(deadline)
    ? { code: "EINVAL", hint: "deadline is a time of the clock, not NaN" }
    : passed(options);
}

/** Calls `fail` at the earliest of the wait's limits; what it returns lets go of them. */
export function watch(options: StepLimits, wheel: TimerWheel, fail: (failure: WaitFailure) => void): () => void {
  const { signal } = options;
  const canceled = (): void => fail(aborted(signal));
  signal?.addEventListener("abort", canceled, { once: true });
  const limits = absoluteLimits(options, wheel);
  const { deadline } = limits;
  const timer = deadline === undefined ? undefined : new CallbackTimer(() => fail(passed(limits)));
  if (timer !== undefined && deadline !== undefined) wheel.set(timer, deadline);
  return () => {
    signal?.removeEventListener("abort", canceled);
    if (timer !== undefined) wheel.remove(timer);
  };
}

function passed(limits: StepLimits): WaitFailure {
  return { code: "ETIMEDOUT", limit: limits.limit ?? "deadline" };
}

/** A signal of AbortSignal.timeout's kind says of itself that it is a time-out; any other is the caller's cancellation. */
function aborted(signal: AbortSignal | undefined): WaitFailure {
  const cause: unknown = signal?.reason;
  const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
  return isTimeout ? { code: "ETIMEDOUT", limit: "signal", cause } : { code: "ECANCELED", cause };
}
