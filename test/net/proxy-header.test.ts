import { afterEach, describe, expect, test } from "bun:test";
import { AddrPort } from "../../src/addr/index.ts";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import {
  type Conn,
  dial,
  encodeProxyHeader,
  expectProxyHeaders,
  type Listener,
  listen,
  type NetError,
  pipe,
  type ProxyHeader,
  proxyHeaderOf,
  type ProxyListenerOptions,
  receiveOptionalProxyHeader,
  receiveProxyHeader,
} from "../../src/net/index.ts";
import { bytesOf, failureOf, readAll, textOf } from "./pairs.ts";

const HEADER: ProxyHeader = {
  version: 2,
  local: false,
  ends: {
    transport: "tcp",
    source: AddrPort.parse("192.0.2.7:40000"),
    destination: AddrPort.parse("203.0.113.1:443"),
  },
  tlvs: [{ type: 2, value: bytesOf("example.com") }],
};
const LINE = "PROXY TCP4 192.0.2.7 203.0.113.1 40000 443\r\n";

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close();
});

async function listening(options?: ProxyListenerOptions): Promise<Listener> {
  const listener = expectProxyHeaders(await listen("tcp", "127.0.0.1:0"), options);
  open.push(listener);
  return listener;
}

async function client(listener: Listener, ...parts: readonly (string | Uint8Array)[]): Promise<Conn> {
  const conn = await dial("tcp", listener.local.toString());
  for (const part of parts) await conn.write(typeof part === "string" ? bytesOf(part) : part);
  return conn;
}

/** What a promise that must fail says. */
async function messageOf(failing: Promise<unknown>): Promise<string> {
  return failing.then(
    () => "it did not fail",
    (error: Error) => error.message,
  );
}

describe("receiveProxyHeader", () => {
  test("however its bytes come, what follows is left to be read", async () => {
    for (const bytes of [encodeProxyHeader(HEADER, { checksum: true }), bytesOf(LINE)]) {
      const [a, b] = pipe();
      const reading = receiveProxyHeader(b);
      for (const byte of bytes) await a.write(Uint8Array.of(byte));
      await a.write(bytesOf("hello"));
      await a.close();
      expect((await reading).ends?.source.toString()).toBe("192.0.2.7:40000");
      expect(textOf(await readAll(b))).toBe("hello");
    }
  });

  test("one time-out for all of a header that trickles in", async () => {
    const clock = new SimulatedClock();
    const wheel = new TimerWheel(clock);
    const [a, b] = pipe({ wheel });
    const reading = failureOf(receiveProxyHeader(b, { timeoutMs: 5000, wheel }));
    for (const char of LINE.slice(0, 9)) {
      await a.write(bytesOf(char));
      await clock.advanceAsync(600);
    }
    expect((await reading).code).toBe("ETIMEDOUT");
    expect(clock.now()).toBe(5400);
  });

  test("a stream that ends within it", async () => {
    const [a, b] = pipe();
    await a.write(bytesOf("PROXY TCP4"));
    await a.close();
    expect(await messageOf(receiveProxyHeader(b))).toContain("the stream ended within the PROXY header (at 10)");
  });

  test("an optional one leaves everything else alone", async () => {
    const [a, b] = pipe();
    await a.write(bytesOf("GET / HTTP/1.1\r\n"));
    await a.close();
    expect(await receiveOptionalProxyHeader(b)).toBe(undefined);
    expect(textOf(await readAll(b))).toBe("GET / HTTP/1.1\r\n");
    expect(await receiveOptionalProxyHeader(b)).toBe(undefined);
  });
});

describe("receiveOptionalProxyHeader", () => {
  test("what only begins like a header is none, however it is cut", async () => {
    for (const parts of [["P", "OST / HTTP/1.1\r\n"], ["PRO", "PFIND /"], ["\r", "\nGET /"], ["PROXY"], ["\r\n\r\n"]]) {
      const [a, b] = pipe();
      const receiving = receiveOptionalProxyHeader(b);
      for (const part of parts) {
        await a.write(bytesOf(part));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await a.close();
      expect(await receiving).toBe(undefined);
      expect(textOf(await readAll(b))).toBe(parts.join(""));
    }
  });

  test("one that is cut is read whole, and one that is bad is refused", async () => {
    const [a, b] = pipe();
    const receiving = receiveOptionalProxyHeader(b);
    for (const char of LINE) await a.write(bytesOf(char));
    expect((await receiving)?.ends?.source.toString()).toBe("192.0.2.7:40000");
    await a.write(bytesOf("PROXY TCP5 \r\n"));
    expect(await messageOf(receiveOptionalProxyHeader(b))).toContain("a PROXY line says TCP4, TCP6 or UNKNOWN");
  });

  test("who does not send first has none when the time is over, and it is one time for all", async () => {
    for (const [sent, expected] of [
      ["", undefined],
      ["PROX", undefined],
      ["PROXY TCP4 ", "ETIMEDOUT"],
    ]) {
      const clock = new SimulatedClock();
      const wheel = new TimerWheel(clock);
      const [a, b] = pipe({ wheel });
      const receiving = receiveOptionalProxyHeader(b, { timeoutMs: 500, wheel });
      const ended = receiving.then(
        (header) => header,
        (error: NetError) => error.code,
      );
      await clock.advanceAsync(300);
      await a.write(bytesOf(sent!));
      await clock.advanceAsync(250);
      expect(await ended).toBe(expected as never);
      await a.close();
      if (expected === undefined) expect(textOf(await readAll(b))).toBe(sent!);
    }
  });
});

describe("expectProxyHeaders", () => {
  test("Conns have the client's address; accept, iteration and serve", async () => {
    const listener = await listening();
    const sent = await client(listener, encodeProxyHeader(HEADER), "hello");
    const conn = (await listener.accept())!;
    expect([conn.remote.toString(), conn.local.toString()]).toEqual(["192.0.2.7:40000", "203.0.113.1:443"]);
    expect(proxyHeaderOf(conn)?.tlvs).toEqual(HEADER.tlvs);
    await sent.close();
    expect(textOf(await readAll(conn))).toBe("hello");
    await conn.close();

    const pushed = await listening();
    const served = new Promise<Conn>((resolve) => pushed.serve(resolve));
    const other = await client(pushed, LINE);
    expect((await served).remote.toString()).toBe("192.0.2.7:40000");
    await other.close();
    await (await served).close();
  });

  test("a connection that stands for itself keeps its addresses", async () => {
    const listener = await listening();
    const sent = await client(listener, encodeProxyHeader({ version: 2, local: true, tlvs: [] }));
    const conn = (await listener.accept())!;
    expect(conn.remote.toString()).toBe(sent.local.toString());
    expect(proxyHeaderOf(conn)?.local).toBe(true);
    await Promise.all([sent.close(), conn.close()]);
  });

  test("a client without a header is reset and told of; one that says nothing holds up nobody", async () => {
    const rejected: string[] = [];
    const listener = await listening({
      onRejected: (error, remote) => rejected.push(`${remote.toString()}: ${error.message}`),
    });
    const accepting = listener.accept();
    const silent = await client(listener);
    const plain = await client(listener);
    const address = plain.local.toString();
    await plain.write(bytesOf("GET / HTTP/1.1\r\n\r\n"));
    expect((await failureOf(plain.read())).code).toBe("ECONNRESET");
    expect(rejected).toEqual([`${address}: cannot parse 18 bytes: this is no PROXY header of version 1 or 2 (at 0)`]);
    const good = await client(listener, LINE);
    expect((await accepting)!.remote.toString()).toBe("192.0.2.7:40000");
    await (await accepting)!.close();
    for (const conn of [silent, plain, good]) conn.abort();
  });

  test("hundreds of silent clients hold up nobody, and no more than the bound stay", async () => {
    const rejected: string[] = [];
    const listener = await listening({
      maxGreeting: 100,
      onRejected: (error) => rejected.push((error as NetError).code),
    });
    const accepting = listener.accept();
    const silent = await Promise.all(Array.from({ length: 300 }, async () => client(listener)));
    const good = await client(listener, LINE);
    const conn = (await accepting)!;
    expect(conn.remote.toString()).toBe("192.0.2.7:40000");
    expect(listener.open).toBeLessThanOrEqual(101);
    expect(new Set(rejected)).toEqual(new Set(["ECONNABORTED"]));
    expect(rejected.length).toBeGreaterThanOrEqual(200);
    for (const each of [...silent, good, conn]) each.abort();
  });

  test("closing it waits for the headers of what was accepted", async () => {
    const listener = await listening();
    const accepting = listener.accept();
    const sent = await client(listener, LINE.slice(0, 20));
    await new Promise((resolve) => setImmediate(resolve));
    const closing = listener.close();
    await sent.write(bytesOf(LINE.slice(20)));
    const conn = (await accepting)!;
    expect(conn.remote.toString()).toBe("192.0.2.7:40000");
    await closing;
    expect(await listener.accept()).toBe(null);
    await Promise.all([sent.close(), conn.close()]);
  });

  test("the policy of an address", async () => {
    const says: Record<string, string> = {};
    const listener = await listening({
      policy: (remote) => (says[remote.toString()] ?? "require") as never,
      onRejected: () => {},
    });
    const ask = async (policy: string, bytes: string): Promise<string> => {
      const conn = await dial("tcp", listener.local.toString());
      says[conn.local.toString()] = policy;
      const accepting = listener.accept();
      await conn.write(bytesOf(bytes));
      await conn.closeWrite();
      const accepted = (await accepting)!;
      const who = accepted.remote.toString() === conn.local.toString() ? "itself" : accepted.remote.toString();
      const rest = textOf(await readAll(accepted));
      await Promise.all([conn.close(), accepted.close()]);
      return `${who} ${rest}`;
    };
    expect(await ask("use", `${LINE}x`)).toBe("192.0.2.7:40000 x");
    expect(await ask("use", "x")).toBe("itself x");
    expect(await ask("ignore", `${LINE}x`)).toBe("itself x");
    expect(await ask("ignore", "x")).toBe("itself x");
    expect(await ask("skip", `${LINE}x`)).toBe(`itself ${LINE}x`);
    const conn = await dial("tcp", listener.local.toString());
    says[conn.local.toString()] = "reject";
    const never = listener.accept();
    expect((await failureOf(conn.read())).code).toBe("ECONNRESET");
    await listener.close();
    expect(await never).toBe(null);
    expect(await listener.accept()).toBe(null);
  });
});
