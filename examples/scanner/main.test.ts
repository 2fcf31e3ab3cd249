import { expect, test } from "bun:test";
import { pipe } from "netwright/net";
import { words } from "./main.ts";

test("eight words, also when each byte comes alone", async () => {
  const expected = ["The", "bigger", "the", "interface,", "the", "weaker", "the", "abstraction."];
  const text = new TextEncoder().encode(`${expected.join(" ")}\n`);
  const [whole, fromWhole] = pipe();
  await whole.write(text);
  await whole.close();
  expect(await words(fromWhole)).toEqual(expected);
  const [slow, fromSlow] = pipe();
  const reading = words(fromSlow);
  for (const byte of text) await slow.write(Uint8Array.of(byte));
  await slow.close();
  expect(await reading).toEqual(expected);
});
