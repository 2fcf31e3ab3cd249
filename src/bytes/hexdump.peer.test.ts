import { expect, test } from "bun:test";
import { peer } from "../../test/peers.ts";
import { seededRandom } from "../clock/index.ts";
import { hexdump } from "./hexdump.ts";

const judge = peer("hexdump");

test.skipIf(!judge.available)(`hexdump prints what hexdump -C prints${judge.skipped}`, () => {
  const random = seededRandom(1);
  for (let length = 0; length < 200; length += 3) {
    // Few different bytes make equal rows.
    const bytes = random.bytes(length).map((byte) => (byte < 250 ? (length % 2) * 0x41 : byte));
    const { stdout } = Bun.spawnSync([judge.path, "-C"], { stdin: bytes });
    expect(hexdump(bytes)).toBe(stdout.toString());
  }
});
