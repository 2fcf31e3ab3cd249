import { expect, test } from "bun:test";
import { hear } from "./main.ts";

const PING = { words: "ping", fromServer: true };

test("a client that is not connected hears the interloper first", async () => {
  expect(await hear(false, 200)).toEqual([{ words: "pardon me", fromServer: false }, PING]);
});

test("a connected one hears the server, then nothing", async () => {
  expect(await hear(true, 200)).toEqual([PING]);
});
