import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { descriptorPair, dial, dialFirst, listen, type NetError, pipe } from "../../src/net/index.ts";

async function failureOf(work: Promise<unknown>): Promise<NetError> {
  return work.then(
    () => expect.unreachable(),
    (error: unknown) => error as NetError,
  );
}

const NOT_OPEN = 99_999;

test.each(["tcp", "udp", "unix", "unixgram", "unixpacket"] as const)(
  "a descriptor for %s that is not open is named",
  async (network) => {
    const address = network.startsWith("unix") ? "@mistake" : "127.0.0.1:0";
    const failure = await failureOf(listen(network as "tcp", address, { fd: NOT_OPEN }));
    expect([failure.op, failure.code, failure.hint]).toEqual(["listen", "EBADF", "descriptor 99999 is not open"]);
  },
);

test.each([
  [{ ttl: 1.5 }, "ttl is a whole number from 1 to 255, not 1.5"],
  [{ trafficClass: 999 }, "trafficClass is a whole number from 0 to 255, not 999"],
  [{ receiveBufferBytes: -5 }, "receiveBufferBytes is a whole number from 0 to 2147483647, not -5"],
  [{ sendBufferBytes: Number.NaN }, "sendBufferBytes is a whole number from 0 to 2147483647, not NaN"],
  [{ keepAlive: { idleMs: 1e13 } }, "the socket option TCP_KEEPIDLE takes a whole number of 32 bits, not 10000000000"],
  [{ timeoutMs: Number.NaN }, "timeoutMs is a number of milliseconds from 0, not NaN"],
  [{ timeoutMs: -1 }, "timeoutMs is a number of milliseconds from 0, not -1"],
  [{ deadline: Number.NaN }, "deadline is a time of the clock, not NaN"],
] as const)("an option that is none is named: %j", async (options, hint) => {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const failure = await failureOf(dial("tcp", listener.local.toString(), options));
  expect([failure.op, failure.code, failure.hint]).toEqual(["dial", "EINVAL", hint]);
});

test("a wait's limit that is none is refused, and the Conn lives on", async () => {
  const [a, b] = pipe();
  const failure = await failureOf(a.read({ timeoutMs: Number.NaN }));
  expect([failure.op, failure.code]).toEqual(["read", "EINVAL"]);
  await b.write(new Uint8Array(3));
  expect(await a.read({ timeoutMs: 10_000 })).toHaveLength(3);
  await Promise.all([a.close(), b.close()]);
});

test.each([Number.NaN, -1, 0o4755, 755])("a mode of %p is refused, and leaves no file", async (mode) => {
  const path = `/tmp/netwright-mode-${crypto.randomUUID()}`;
  for (const network of ["unix", "unixgram", "unixpacket"] as const) {
    const failure = await failureOf(listen(network as "unix", path, { mode }));
    expect([failure.code, failure.hint]).toEqual(["EINVAL", `mode is a number from 0 to 0o777, not ${mode}`]);
    expect(await Bun.file(path).exists()).toBe(false);
  }
});

test("a hook that throws is heard", async () => {
  const control = (): never => {
    throw new Error("the hook\nsays no");
  };
  for (const work of [
    dial("tcp", "127.0.0.1:9", { control }),
    listen("tcp", "127.0.0.1:0", { control }),
    listen("udp", "127.0.0.1:0", { control }),
    listen("unix", "@hooked", { control }),
  ])
    expect((await failureOf(work)).message).toEndWith("input/output error (EIO); the hook\\nsays no");
});

test("addresses break no line of a message", async () => {
  const failure = await failureOf(listen("unix", "/nonexistent/a\nb\u001b[2J"));
  expect(failure.message).toStartWith("listen unix /nonexistent/a\\nb\\u001b[2J: ");
  expect(failure.address).toContain("\n");
});

test("what is wrong with an address is said in a race, too", async () => {
  const failure = await failureOf(dialFirst("tcp", ["127.0.0.1", "127.0.0.1:0"]));
  expect(failure.message).toBe(
    'dial tcp 127.0.0.1: invalid argument (EINVAL); cannot parse "127.0.0.1": the port is missing: write host:port (at 9); so did 127.0.0.1:0 (EINVAL)',
  );
});

test("a link-local address without its zone says that it needs one", async () => {
  const failure = await failureOf(dial("tcp", "[fe80::1]:9"));
  expect([failure.code, failure.hint]).toEqual([
    "EINVAL",
    "a link-local address needs its interface as a zone, as in fe80::1%eth0",
  ]);
});

test("membership of what is no group, or was not joined, is refused with its reason", async () => {
  await using conn = await listen("udp", "127.0.0.1:0");
  expect(() => conn.join("10.0.0.1")).toThrow("10.0.0.1 is no multicast group");
  expect(() => conn.leave("239.1.2.3", { interface: "lo" })).toThrow("the socket is no member of 239.1.2.3 there");
});

test("a descriptor that cannot be passed because it is not open is named, and the DescriptorConn lives on", async () => {
  const [one, other] = descriptorPair();
  const failure = await failureOf(one.send(new Uint8Array(1), [0, NOT_OPEN]));
  expect([failure.code, failure.hint]).toEqual(["EBADF", "descriptor 99999 is not open"]);
  await one.send(new Uint8Array(2));
  expect((await other.receive())?.data).toHaveLength(2);
  await Promise.all([one.close(), other.close()]);
});

const WITHOUT_DESCRIPTORS = `
  const { openSync } = await import("node:fs");
  const { dial } = await import(process.argv[1]);
  await import("node:dns/promises");
  try { for (;;) openSync("/dev/null", "r"); } catch {}
  const { message } = await dial("tcp", "name.invalid:80").catch((error) => error);
  console.log(message);
  process.exit();
`;

test("a name that cannot be looked up for want of descriptors says so", async () => {
  const net = fileURLToPath(new URL("../../src/net/index.ts", import.meta.url));
  const command = ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh", process.execPath, "-e", WITHOUT_DESCRIPTORS, net];
  const child = Bun.spawn(command, { stdio: ["ignore", "pipe", "inherit"] });
  expect(await new Response(child.stdout).text()).toBe(
    'dial tcp name.invalid:80: too many open files in this process (EMFILE); the name "name.invalid" could not be resolved\n',
  );
});
