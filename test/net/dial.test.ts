import { describe, expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { Addr } from "../../src/addr/index.ts";
import { ParseError } from "../../src/bytes/index.ts";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import {
  type AddressAnswer,
  type Control,
  dial,
  type DialTrace,
  listen,
  NetError,
  type Resolver,
} from "../../src/net/index.ts";
import { acceptPending, closeDescriptor, makeListeningSocket, socketAddress } from "../../src/sys/index.ts";
import { bytesOf, failureOf, settle, textOf } from "./pairs.ts";

/** A port that nobody listens on: one that was free a moment ago. */
function freePort(): number {
  const { fd, port } = makeListeningSocket({ network: "tcp", addr: Addr.parse("127.0.0.1"), port: 0 });
  closeDescriptor(fd);
  return port;
}

function openSockets(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
    } catch {
      // The listing's own.
      return false;
    }
  }).length;
}

function names(...addresses: string[]): Resolver {
  return {
    async *lookup() {
      yield { family: 4, addrs: addresses.map((address) => Addr.parse(address)) };
    },
  };
}

describe("dial", () => {
  test("a refused connection says what was tried", async () => {
    const address = `127.0.0.1:${freePort()}`;
    const error = await failureOf(dial("tcp", address));
    expect([error.code, error.op, error.message]).toEqual([
      "ECONNREFUSED",
      "dial",
      `dial tcp ${address}: connection refused (ECONNREFUSED)`,
    ]);
  });

  test("a Unix path where nothing lies, and addresses that are none", async () => {
    expect((await failureOf(dial("unix", "/nonexistent/a.sock"))).code).toBe("ENOENT");
    expect((await failureOf(dial("tcp", "127.0.0.1:0"))).code).toBe("EINVAL");
    expect((await failureOf(dial("tcp", "127.0.0.1:http2x"))).code).toBe("EINVAL");
    expect((await failureOf(dial("tcp4", "[::1]:80"))).code).toBe("EAFNOSUPPORT");
    expect((await failureOf(dial("tcp6", "127.0.0.1:80"))).code).toBe("EAFNOSUPPORT");
  });

  test("bad input is told with what is wrong with it", async () => {
    const said = async (address: string): Promise<string> => (await failureOf(dial("tcp", address))).message;
    expect(await said("127.0.0.1:99999")).toEndWith('(EINVAL); the port "99999" is no number from 1 to 65535');
    expect(await said("[fe80::1%none0]:80")).toEndWith("no network interface has the name of the zone");
    for (const address of ["127.0.0.1", "[::1", "a:b:c", "[::1]80"])
      expect(dial("tcp", address)).rejects.toThrow(ParseError);
    const unknown = failureOf(dial("sctp" as "tcp", "127.0.0.1:80"));
    expect((await unknown).hint).toBe('"sctp" is no network that this can dial');
  });

  test("what an attempt knows is told with a limit that passes meanwhile", async () => {
    const clock = new SimulatedClock();
    const wheel = new TimerWheel(clock);
    const control: Control = async (_fd, _network, address) => {
      if (address.startsWith("127.0.0.2:")) throw Object.assign(new Error("no way"), { code: "EHOSTUNREACH" });
      return new Promise(() => {});
    };
    const resolver = names("127.0.0.2", "127.0.0.3");
    const failure = failureOf(dial("tcp", "name:80", { wheel, resolver, control, timeoutMs: 5000 }));
    await clock.advanceAsync(5000);
    const { cause, code, limit } = await failure;
    expect([code, limit]).toEqual(["ETIMEDOUT", "timeout"]);
    expect((cause as NetError).message).toBe("dial tcp 127.0.0.2:80: host unreachable (EHOSTUNREACH)");
  });

  test("a name that has no address", async () => {
    expect((await failureOf(dial("tcp", "name.invalid:80"))).code).toBe("ENOTFOUND");
    expect((await failureOf(dial("tcp", "a:80", { resolver: names() }))).code).toBe("ENOTFOUND");
  });

  test("the addresses of a name are tried until one answers", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const port = String(listener.local).split(":")[1]!;
    const accepted = listener.accept();
    await using conn = await dial("tcp", `name:${port}`, { resolver: names("127.0.0.2", "127.0.0.1") });
    await using peer = (await accepted)!;
    await conn.write(bytesOf("x"));
    expect(textOf(await peer.read())).toBe("x");
    const none = dial("tcp", `name:${freePort()}`, { resolver: names("127.0.0.2", "127.0.0.1") });
    expect((await failureOf(none)).message).toContain("127.0.0.2:");
  });

  test("trace hears of each attempt, and how it ended", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    listener.serve((conn) => conn.abort());
    const port = String(listener.local).split(":")[1]!;
    const heard: string[] = [];
    const trace: DialTrace = ({ event, address, error }) => void heard.push(`${event} ${address} ${error?.code ?? ""}`);
    const options = { resolver: names("127.0.0.2", "127.0.0.1"), trace };
    await using conn = await dial("tcp", `name:${port}`, options);
    expect(String(conn.remote)).toBe(`127.0.0.1:${port}`);
    expect(heard).toEqual([
      `trying 127.0.0.2:${port} `,
      `failed 127.0.0.2:${port} ECONNREFUSED`,
      `trying 127.0.0.1:${port} `,
      `connected 127.0.0.1:${port} `,
    ]);
  });

  test("an empty host is this machine", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const accepted = listener.accept();
    await using conn = await dial("tcp", `:${String(listener.local).split(":")[1]!}`);
    expect(String(conn.remote)).toBe(String(listener.local));
    (await accepted)?.abort();
  });

  test("a time-out and a cancellation are told apart, and neither leaves a connection", async () => {
    const clock = new SimulatedClock();
    const wheel = new TimerWheel(clock);
    const never: Resolver = {
      // Waits for the signal, as a resolver does that gets no answer.
      async *lookup(_host, _network, options) {
        yield await answerUntil(options?.signal);
      },
    };
    const cancel = new AbortController();
    const cancelled = failureOf(dial("tcp", "a:80", { resolver: never, signal: cancel.signal }));
    cancel.abort();
    expect((await cancelled).code).toBe("ECANCELED");
    expect((await failureOf(dial("tcp", "127.0.0.1:80", { signal: AbortSignal.abort() }))).code).toBe("ECANCELED");
    clock.advance(1000);
    const late = await failureOf(dial("tcp", "127.0.0.1:80", { wheel, deadline: 500 }));
    expect([late.code, late.isTimeout]).toEqual(["ETIMEDOUT", true]);
  });

  test("a peer that never answers is given up on in time", async () => {
    // A full queue of one: the system leaves further connections unanswered.
    const { fd, port } = makeListeningSocket({
      network: "tcp",
      addr: Addr.parse("127.0.0.1"),
      port: 0,
      backlog: 0,
    });
    const clock = new SimulatedClock();
    const wheel = new TimerWheel(clock);
    const first = await dial("tcp", `127.0.0.1:${port}`);
    const second = failureOf(dial("tcp", `127.0.0.1:${port}`, { wheel, timeoutMs: 5000 }));
    const third = new AbortController();
    const canceled = failureOf(dial("tcp", `127.0.0.1:${port}`, { signal: third.signal }));
    await settle();
    const connecting = openSockets();
    third.abort();
    expect((await canceled).code).toBe("ECANCELED");
    clock.advance(6000);
    expect((await second).code).toBe("ETIMEDOUT");
    await settle();
    // Their descriptors are given back now, and not when the system gives up on the peer. What tests before this one left may go in the meantime.
    expect(openSockets()).toBeLessThanOrEqual(connecting - 2);
    first.abort();
    closeDescriptor(fd);
  });

  test("a peer that answers late is connected, and both ends have their names", async () => {
    const { fd, port } = makeListeningSocket({
      network: "tcp",
      addr: Addr.parse("127.0.0.1"),
      port: 0,
      backlog: 0,
    });
    const first = await dial("tcp", `127.0.0.1:${port}`);
    const second = dial("tcp", `127.0.0.1:${port}`);
    await settle();
    // Room in the queue: the system's next try, a second later, gets through.
    const accepted = acceptPending(fd);
    const conn = await second;
    expect(String(conn.remote)).toBe(`127.0.0.1:${port}`);
    const [peer] = acceptPending(fd);
    expect(conn.local).toEqual(socketAddress(conn.fd!));
    await conn.write(bytesOf("x"));
    for (const each of [first, conn]) each.abort();
    for (const each of [...accepted, peer!, fd]) closeDescriptor(each);
  });
});

describe("NetError", () => {
  test("says what was tried, on what, why it failed and what to do", () => {
    const cause = new Error("inside");
    const error = new NetError({
      op: "listen",
      network: "tcp",
      address: ":80",
      code: "EACCES",
      hint: "use 8080",
      cause,
    });
    expect(error.message).toBe("listen tcp :80: permission denied (EACCES); use 8080");
    expect([error.name, error.cause, error.isTimeout]).toEqual(["NetError", cause, false]);
    expect(new NetError({ op: "read", network: "pipe", code: "ECONNRESET" }).message).toBe(
      "read pipe: connection reset by peer (ECONNRESET)",
    );
  });
});

async function answerUntil(signal: AbortSignal | undefined): Promise<AddressAnswer> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(new NetError({ op: "resolve", network: "tcp", code: "ECANCELED" })));
  });
}
