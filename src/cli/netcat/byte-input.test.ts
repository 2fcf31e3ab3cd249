import { expect, test } from "bun:test";
import { ByteInput, type InputReceiver } from "./byte-input.ts";

/** A receiver that keeps texts, and takes each chunk only when told. */
class Slow implements InputReceiver {
  readonly heard: string[] = [];
  private free = Promise.withResolvers<void>();

  async chunk(bytes: Uint8Array): Promise<void> {
    this.heard.push(new TextDecoder().decode(bytes));
    await this.free.promise;
  }

  end(error?: unknown): void {
    this.heard.push(error instanceof Error ? error.message : "(end)");
  }

  go(): void {
    this.free.resolve();
    this.free = Promise.withResolvers();
  }
}

async function* chunks(read: string[], failure?: Error): AsyncGenerator<Uint8Array> {
  for (const text of ["one", "two", "three"]) {
    read.push(text);
    yield new TextEncoder().encode(text);
  }
  if (failure !== undefined) throw failure;
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

test("ByteInput reads nothing for nobody, and no further than its receiver is", async () => {
  const read: string[] = [];
  const input = new ByteInput(() => chunks(read));
  await settle();
  expect(read).toEqual([]);
  const slow = new Slow();
  input.attach(slow);
  await settle();
  expect([read, slow.heard]).toEqual([["one"], ["one"]]);
  slow.go();
  await settle();
  expect([read, slow.heard]).toEqual([
    ["one", "two"],
    ["one", "two"],
  ]);
});

test("ByteInput: what was read for one receiver that has gone is the next one's, the end included", async () => {
  const read: string[] = [];
  const input = new ByteInput(() => chunks(read));
  const [first, second, third] = [new Slow(), new Slow(), new Slow()];
  input.attach(first);
  await settle();
  first.go();
  input.detach();
  await settle();
  input.attach(second);
  await settle();
  for (const _ of [1, 2, 3]) {
    second.go();
    await settle();
  }
  expect([first.heard, second.heard]).toEqual([["one"], ["two", "three", "(end)"]]);
  input.attach(third);
  await settle();
  expect(third.heard).toEqual(["(end)"]);
});

test("ByteInput: a failure to read is told", async () => {
  const input = new ByteInput(() => chunks([], new Error("EIO")));
  const slow = new Slow();
  input.attach(slow);
  for (const _ of [1, 2, 3, 4]) {
    await settle();
    slow.go();
  }
  await settle();
  expect(slow.heard).toEqual(["one", "two", "three", "EIO"]);
});
