import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "netwright/clock";
import { listen, type Resolver } from "netwright/net";
import { cancellableDial } from "./main.ts";

const SILENT: Resolver = {
  lookup: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => new Promise(() => {}) }) }),
};

describe("cancellableDial", () => {
  test("an immediate cancel ends a dial whose hook sleeps for a second", async () => {
    const clock = new SimulatedClock();
    const began = Promise.withResolvers<void>();
    let woke = false;
    const { cancel, outcome } = cancellableDial("10.0.0.1:80", {
      wheel: new TimerWheel(clock),
      control: async () => {
        began.resolve();
        await new Promise<void>((resolve) => void clock.setTimer(resolve, 1000));
        woke = true;
      },
    });
    await began.promise;
    cancel();
    expect(await outcome).toBe("canceled");
    expect(woke).toBe(false);
    // The hook goes on alone, and its socket is closed behind it.
    await clock.advanceAsync(1000);
    expect(woke).toBe(true);
  });

  test("a cancel before the dial has begun, while a name is looked up, and while it connects", async () => {
    const early = cancellableDial("127.0.0.1:1", { control: async () => new Promise(() => {}) });
    early.cancel();
    expect(await early.outcome).toBe("canceled");
    const resolving = cancellableDial("name.example:80", { resolver: SILENT });
    await Promise.resolve();
    resolving.cancel();
    expect(await resolving.outcome).toBe("canceled");
  });

  test("a cancel after it has connected changes nothing", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const { cancel, outcome } = cancellableDial(String(listener.local));
    expect(await outcome).toBe("connected");
    cancel();
    expect(await outcome).toBe("connected");
  });
});
