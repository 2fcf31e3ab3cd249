import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Conn, dial, listen, pipe } from "../../src/net/index.ts";
import { limitRate, tap } from "../../src/stream/index.ts";
import type { PairTime } from "./conn-kind.ts";
import { describeConn } from "./conn-suite.ts";

async function joined(
  network: "tcp" | "unix",
  address: string,
  time: PairTime | undefined,
): Promise<readonly [Conn, Conn]> {
  const wheel = time === undefined ? {} : { wheel: time.wheel };
  await using listener = await listen(network, address, wheel);
  const accepted = listener.accept();
  const dialled = await dial(network, String(listener.local), wheel);
  return [dialled, (await accepted)!];
}

const SOCKET = { abortKeepsReading: false, hasReset: true, independentCancel: true } as const;

describeConn({
  name: "tcp",
  traits: SOCKET,
  pair: async (time) => joined("tcp", "127.0.0.1:0", time),
});

describeConn({
  name: "tcp over IPv6",
  traits: SOCKET,
  pair: async (time) => joined("tcp", "[::1]:0", time),
});

let dir: string | undefined;

describeConn({
  name: "a Unix socket",
  // The system resets a Unix socket only when bytes were left unread on it.
  traits: { abortKeepsReading: true, hasReset: false, independentCancel: true },
  pair: async (time) => {
    dir ??= mkdtempSync(join(tmpdir(), "netwright-net-"));
    return joined("unix", join(dir, "a.sock"), time);
  },
  dispose: async () => {
    if (dir !== undefined) rmSync(dir, { recursive: true });
    dir = undefined;
  },
});

describeConn({
  name: "a pipe",
  traits: { abortKeepsReading: false, hasReset: true, independentCancel: true },
  pair: async (time) => pipe(time === undefined ? {} : { wheel: time.wheel }),
});

/** So fast that the suite does not wait for it, and with so small a burst that much has to wait. */
const FAST = { readBytesPerSecond: 1e9, writeBytesPerSecond: 1e9, burstBytes: 1_000_000 };
/** Where the clock stands still, nothing may have to wait for tokens. */
const STILL = { ...FAST, burstBytes: 1e9 };

describeConn({
  name: "TCP with a limited rate",
  traits: SOCKET,
  pair: async (time) => {
    const [a, b] = await joined("tcp", "127.0.0.1:0", time);
    const limits = time === undefined ? FAST : STILL;
    return [limitRate(a, limits), limitRate(b, limits)];
  },
});

describeConn({
  name: "TCP with a tap",
  traits: SOCKET,
  pair: async (time) => tapped(await joined("tcp", "127.0.0.1:0", time)),
});

describeConn({
  name: "a pipe with a tap",
  traits: { abortKeepsReading: false, hasReset: true, independentCancel: true },
  pair: async (time) => tapped(pipe(time === undefined ? {} : { wheel: time.wheel })),
});

/** Both ends with listeners that hear everything, the second time through two taps. */
function tapped([a, b]: readonly [Conn, Conn]): readonly [Conn, Conn] {
  const hear = (): void => undefined;
  const options = { onRead: hear, onWrite: hear, onReadEnd: hear, onWriteEnd: hear, onClose: hear };
  return [tap(a, options), tap(tap(b, options), options)];
}
