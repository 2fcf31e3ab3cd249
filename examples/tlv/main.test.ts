import { expect, test } from "bun:test";
import { pipe } from "netwright/net";
import { readTlv, TlvTooLarge, tlvBinary } from "netwright/stream";
import { readAll, sendAll } from "./main.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("binary, string, binary and a type of one's own, in single bytes", async () => {
  const [sender, wire] = pipe();
  const [tap, reader] = pipe();
  const time = new Date(Date.UTC(2026, 0, 2));
  const values = readAll(reader);
  void sendAll(sender, time);
  for await (const chunk of wire) for (const byte of chunk) await tap.write(Uint8Array.of(byte));
  await tap.close();
  expect(await values).toEqual([
    bytesOf("Clear is better than clever."),
    "Errors are values.",
    bytesOf("Don't panic."),
    time,
  ]);
});

test("a claim of 1 GiB is refused", async () => {
  const [sender, reader] = pipe();
  await sender.write(Uint8Array.of(1, 0x40, 0, 0, 0));
  const error = await readTlv(reader, tlvBinary).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TlvTooLarge);
});
