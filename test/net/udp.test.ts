import { afterEach, describe, expect, test } from "bun:test";
import { Addr, AddrPort } from "../../src/addr/index.ts";
import { dial, listen, type PacketConn, type UdpConn } from "../../src/net/index.ts";
import { setSocketOption, SOL_SOCKET } from "../../src/sys/socket-option.ts";
import { packetText } from "./packet-pairs.ts";
import { PacketRecorder } from "./packet-recorder.ts";
import { bytesOf, failureOf, settle } from "./pairs.ts";

const open: PacketConn[] = [];

/** Closed after the test. */
function kept<Kind extends PacketConn>(conn: Kind): Kind {
  open.push(conn);
  return conn;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (conn) => conn.close()));
});

const SO_TIMESTAMP = 29;
const LOCALHOST: Addr = Addr.parse("127.0.0.1");

function at(host: string, conn: UdpConn): string {
  return `${host}:${conn.local.port}`;
}

describe("a connected UDP socket", () => {
  test("never hears a stranger, and one that is not connected hears him first", async () => {
    const server = kept(await listen("udp", "127.0.0.1:0"));
    const stranger = kept(await listen("udp", "127.0.0.1:0"));
    const connected = kept(await dial("udp", server.local.toString()));
    const unconnected = kept(await listen("udp", "127.0.0.1:0"));
    for (const client of [connected, unconnected]) {
      await stranger.send(bytesOf("pardon me"), client.local);
      await server.send(bytesOf("ping"), client.local);
    }
    const first = await unconnected.recv();
    expect([packetText(first), first?.from.toString()]).toEqual(["pardon me", stranger.local.toString()]);
    expect(packetText(await unconnected.recv())).toBe("ping");
    expect(packetText(await connected.recv())).toBe("ping");
    await settle();
    expect(connected.traffic.packetsReceived).toBe(1);
  });

  test("a reply and a refusal that come together are both told", async () => {
    const server = kept(await listen("udp", "127.0.0.1:0"));
    const client = kept(await dial("udp", server.local.toString()));
    await client.send(bytesOf("1"));
    await server.send(bytesOf("answer"), (await server.recv())!.from);
    await server.close();
    await client.send(bytesOf("2"));
    // The system tells of the refusal first.
    expect((await failureOf(client.recv())).code).toBe("ECONNREFUSED");
    expect(packetText(await client.recv())).toBe("answer");
  });

  test("a refusal that nobody heard of yet ends a batch before it begins", async () => {
    const server = kept(await listen("udp", "127.0.0.1:0"));
    const client = kept(await dial("udp", server.local.toString()));
    await server.close();
    await client.send(bytesOf("1"));
    await settle();
    const { code, packetsSent } = await failureOf(client.sendBatch([{ data: bytesOf("2") }]));
    expect([code, packetsSent]).toEqual(["ECONNREFUSED", 0]);
  });

  test("is bound where it is told to be", async () => {
    const server = kept(await listen("udp", "127.0.0.1:0"));
    const client = kept(await dial("udp", server.local.toString(), { localAddress: "127.0.0.3" }));
    await client.send(bytesOf("x"));
    expect((await server.recv())?.from.toString()).toBe(client.local.toString());
    expect(client.local.addr.toString()).toBe("127.0.0.3");
    expect(client.remote?.toString()).toBe(server.local.toString());
  });

  test("of a name the first address with a route is taken, and a wrong family is refused", async () => {
    const server = kept(await listen("udp", "127.0.0.1:0"));
    const resolver = {
      async *lookup() {
        yield { family: 6 as const, addrs: [Addr.parse("fe80::1%999999999")] };
        yield { family: 4 as const, addrs: [LOCALHOST] };
      },
    };
    const client = kept(await dial("udp", at("somewhere.test", server), { resolver }));
    expect(client.remote?.addr.toString()).toBe("127.0.0.1");
    expect((await failureOf(dial("udp6", server.local.toString()))).code).toBe("EAFNOSUPPORT");
    expect((await failureOf(dial("udp", "127.0.0.1:0"))).code).toBe("EINVAL");
    expect((await failureOf(dial("udp", "127.0.0.1:99999"))).code).toBe("EINVAL");
  });
});

describe("a UDP socket on all addresses", () => {
  test.each(["127.0.0.1", "127.0.0.2", "[::1]"])("answers from %s when that was asked", async (host) => {
    const server = kept(await listen("udp", ":0"));
    const client = kept(await dial("udp", at(host, server)));
    await client.send(bytesOf("ping"));
    const packet = (await server.recv())!;
    expect(packet.to?.toString()).toBe(at(host, server));
    await server.send(bytesOf("pong"), packet.from);
    await server.sendBatch([{ data: bytesOf("again"), to: packet.from }]);
    // A connected socket takes nothing from elsewhere.
    expect([packetText(await client.recv()), packetText(await client.recv())]).toEqual(["pong", "again"]);
  });

  test.each(["127.0.0.2", "[::1]"])("tells %s also where its user asked for time stamps", async (host) => {
    const control = (fd: number): void => setSocketOption(fd, SOL_SOCKET, SO_TIMESTAMP, 1);
    const server = kept(await listen("udp", ":0", { control }));
    const client = kept(await dial("udp", at(host, server)));
    await client.send(bytesOf("ping"));
    const packet = (await server.recv())!;
    expect(packet.to?.toString()).toBe(at(host, server));
    await server.send(bytesOf("pong"), packet.from);
    expect(packetText(await client.recv())).toBe("pong");
  });

  test("one peer that asks two addresses is answered from each", async () => {
    const server = kept(await listen("udp4", ":0"));
    const client = kept(await listen("udp4", "127.0.0.1:0"));
    for (const host of ["127.0.0.1", "127.0.0.2"]) await client.send(bytesOf(host), AddrPort.parse(at(host, server)));
    const packets = [(await server.recv())!, (await server.recv())!];
    for (const { data, from } of packets.toReversed()) await server.send(data, from);
    for (const host of ["127.0.0.2", "127.0.0.1"]) {
      const answer = await client.recv();
      expect([packetText(answer), answer?.from.toString()]).toEqual([host, at(host, server)]);
    }
  });

  test("leaves from the address that is named, and from no port but its own", async () => {
    const server = kept(await listen("udp", ":0"));
    const client = kept(await listen("udp", "127.0.0.1:0"));
    const from = new AddrPort(Addr.parse("127.0.0.9"), server.local.port);
    await server.sendBatch([{ data: bytesOf("x"), to: client.local, from }]);
    expect((await client.recv())?.from.toString()).toBe(from.toString());
    const wrong = new AddrPort(from.addr, from.port === 1 ? 2 : 1);
    const packet = { data: bytesOf("x"), to: client.local };
    expect((await failureOf(server.sendBatch([{ ...packet, from: wrong }]))).code).toBe("EINVAL");
    const foreign = new AddrPort(Addr.parse("192.0.2.1"), server.local.port);
    expect((await failureOf(server.sendBatch([packet, { ...packet, from: foreign }]))).packetsSent).toBe(1);
  });

  test("tells nothing when it is not to, and one bound to an address knows it", async () => {
    const quiet = kept(await listen("udp4", ":0", { localAddress: false }));
    const bound = kept(await listen("udp4", "127.0.0.1:0"));
    await bound.send(bytesOf("x"), AddrPort.parse(at("127.0.0.1", quiet)));
    const packet = (await quiet.recv())!;
    expect(packet.to).toBe(undefined);
    await quiet.send(bytesOf("y"), packet.from);
    expect((await bound.recv())?.to?.toString()).toBe(bound.local.toString());
  });

  test("more peers than are remembered are answered all the same", async () => {
    const server = kept(await listen("udp4", ":0"));
    const client = kept(await listen("udp4", "127.0.0.1:0"));
    // 5,000 local addresses make as many pairs with one peer.
    for (let i = 0; i < 5000; i++) {
      await client.send(bytesOf(String(i)), AddrPort.parse(at(`127.1.${i >> 8}.${i & 255}`, server)));
      const { data, from } = (await server.recv())!;
      await server.send(data, from);
      const answer = await client.recv();
      if (i % 500 === 0) expect(answer?.from.toString()).toBe(at(`127.1.${i >> 8}.${i & 255}`, server));
    }
    expect(client.traffic.packetsReceived).toBe(5000);
  });
});

describe("listening for UDP", () => {
  test("a port that is taken is refused, and may be shared", async () => {
    const first = kept(await listen("udp", "127.0.0.1:0", { reusePort: true }));
    const error = await failureOf(listen("udp", first.local.toString()));
    expect([error.code, error.op]).toEqual(["EADDRINUSE", "listen"]);
    const second = kept(await listen("udp", first.local.toString(), { reusePort: true }));
    expect(second.local.toString()).toBe(first.local.toString());
  });

  test("a family has its own port, unless it is both", async () => {
    const v6 = kept(await listen("udp6", ":0"));
    const v4 = kept(await listen("udp4", at("", v6)));
    expect(v4.local.port).toBe(v6.local.port);
    const both = kept(await listen("udp", ":0"));
    expect((await failureOf(listen("udp4", at("", both)))).code).toBe("EADDRINUSE");
    expect((await failureOf(listen("udp4", "[::1]:0"))).code).toBe("EAFNOSUPPORT");
    const error = await failureOf(v4.send(bytesOf("x"), AddrPort.parse("[::1]:9")));
    expect(error.code).toBe("EAFNOSUPPORT");
  });

  test("a socket that was made elsewhere is taken over, and control sees one before it is bound", async () => {
    const seen: string[] = [];
    const control = (fd: number, network: string, address: string): void =>
      void seen.push(`${fd > 2} ${network} ${address}`);
    const conn = kept(await listen("udp", "127.0.0.1:0", { control }));
    expect(seen).toEqual(["true udp4 127.0.0.1:0"]);
    const failure = new Error("no");
    const refused = failureOf(listen("udp", "127.0.0.1:0", { control: async () => Promise.reject(failure) }));
    expect((await refused).cause).toBe(failure);
    expect(conn.closed).toBe(false);
  });

  test("nothing is leaked: sockets that are closed give their descriptors back", async () => {
    const { readdirSync } = await import("node:fs");
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 50; i++) {
      const server = await listen("udp", "127.0.0.1:0");
      const client = await dial("udp", server.local.toString());
      await client.send(bytesOf("x"));
      await server.recv();
      await Promise.all([client.close(), server.close()]);
      await failureOf(listen("udp", "192.0.2.1:0"));
    }
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before + 2);
  });

  test("a process ends although a socket is open that is let go, and not before", async () => {
    const script = `
      import { listen } from ${JSON.stringify(`${import.meta.dir}/../../src/net/index.ts`)};
      const conn = await listen("udp", "127.0.0.1:0");
      conn.recv().then(({ data }) => { console.log(new TextDecoder().decode(data)); conn.unref(); });
      process.on("exit", () => console.log("end"));
      await conn.send(new TextEncoder().encode("told"), conn.local);
    `;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    expect(await child.stdout.text()).toBe("told\nend\n");
  });
});

describe("limits of UDP", () => {
  test("with buffers of 2 bytes some of 50 pings are lost, and none is half there", async () => {
    const small = { receiveBufferBytes: 2, sendBufferBytes: 2 } as const;
    const server = kept(await listen("udp", "127.0.0.1:0", small));
    const client = kept(await dial("udp", server.local.toString(), small));
    const echo = new PacketRecorder();
    echo.onEvent = (_event, packet) => void (packet !== undefined && server.trySend(packet.data, packet.from));
    server.attach(echo);
    const sink = new PacketRecorder();
    client.attach(sink);
    for (let i = 0; i < 50; i++) client.trySend(bytesOf("ping"));
    await sink.heard("ping");
    await settle();
    expect(sink.events.length).toBeLessThan(50);
    expect(new Set(sink.events)).toEqual(new Set(["ping"]));
    // What was lost was lost by the system, and nothing of ours waits for it.
    client.trySend(bytesOf("last"));
    await sink.heard("last");
  });

  test("don't-fragment: what is longer than the path takes is refused, and the error says how much goes", async () => {
    const server = kept(await listen("udp", "127.0.0.1:0", { pathMtu: "refuse" }));
    const client = kept(await dial("udp", server.local.toString(), { pathMtu: "refuse", ttl: 9, trafficClass: 0xb8 }));
    const fits = client.pathMtu();
    await client.send(new Uint8Array(fits));
    expect((await server.recv())?.data.length).toBe(fits);
    const error = await failureOf(client.send(new Uint8Array(fits + 1)));
    expect([error.code, error.hint]).toEqual(["EMSGSIZE", expect.stringContaining(`at most ${fits} on this path`)]);
    expect(server.pathMtu(client.local)).toBe(fits);
    expect(() => server.pathMtu()).toThrow("ENOTCONN");
  });

  test("broadcast needs to be allowed", async () => {
    const plain = kept(await listen("udp4", ":0"));
    const to = new AddrPort(Addr.parse("255.255.255.255"), 9);
    expect((await failureOf(plain.send(bytesOf("x"), to))).code).toBe("EACCES");
  });
});

describe("an answer to what came by a broadcast", () => {
  // The loopback interface has a broadcast address, too.
  const EVERYBODY: Addr = Addr.parse("127.255.255.255");

  test.each(["0.0.0.0:0", "[::]:0", "127.255.255.255:0"])("leaves from an address of its own: %s", async (bound) => {
    const server = kept(await listen("udp", bound));
    const client = kept(await listen("udp", "127.0.0.1:0", { broadcast: true }));
    const everybody = new AddrPort(EVERYBODY, server.local.port);
    for (const text of ["plain", "named"]) {
      await client.send(bytesOf(text), everybody);
      const { data, from, to } = (await server.recv())!;
      expect(to?.toString()).toBe(everybody.toString());
      await server.sendBatch([{ data, to: from, ...(text === "named" && { from: to }) }]);
      const answer = await client.recv({ timeoutMs: 2000 });
      expect([packetText(answer), answer?.from.toString()]).toEqual([text, at("127.0.0.1", server)]);
    }
  });

  test("as one to a group's, of a socket for both families", async () => {
    const member = kept(await listen("udp", "[::]:0"));
    member.join("239.255.77.8", { interface: "lo" });
    const asking = kept(await listen("udp4", "127.0.0.5:0", { multicast: { interface: "lo" } }));
    await asking.send(bytesOf("who?"), new AddrPort(Addr.parse("239.255.77.8"), member.local.port));
    const { data, from, to } = (await member.recv())!;
    await member.sendBatch([{ data, to: from, from: to }]);
    expect((await asking.recv({ timeoutMs: 2000 }))?.from.toString()).toBe(at("127.0.0.1", member));
  });
});

describe("multicast", () => {
  const GROUP = "239.255.77.7";

  test("members hear the group once they joined, and no longer after they left", async () => {
    const member = kept(await listen("udp4", ":0", { multicast: { interface: "lo", loop: true, ttl: 0 } }));
    const to = new AddrPort(Addr.parse(GROUP), member.local.port);
    member.join(GROUP, { interface: "lo" });
    await member.send(bytesOf("1"), to);
    const packet = await member.recv();
    expect([packetText(packet), packet?.to?.toString()]).toEqual(["1", to.toString()]);
    expect(() => member.join(GROUP, { interface: "lo" })).toThrow("EADDRINUSE");
    member.leave(GROUP, { interface: 1 });
    await member.send(bytesOf("2"), to);
    await member.send(bytesOf("3"), new AddrPort(LOCALHOST, member.local.port));
    expect(packetText(await member.recv())).toBe("3");
    expect(() => member.leave(GROUP, { interface: "lo" })).toThrow("EADDRNOTAVAIL");
  });

  test("a member is answered from an address of its own, not from the group's", async () => {
    const member = kept(await listen("udp4", ":0"));
    member.join(GROUP, { interface: "lo" });
    const asking = kept(await listen("udp4", "127.0.0.1:0", { multicast: { interface: "lo" } }));
    await asking.send(bytesOf("who?"), new AddrPort(Addr.parse(GROUP), member.local.port));
    await member.send(bytesOf("me"), (await member.recv())!.from);
    expect((await asking.recv())?.from.toString()).toBe(at("127.0.0.1", member));
  });

  test("only what a source sends, where one is named", async () => {
    const member = kept(await listen("udp4", ":0"));
    const to = new AddrPort(Addr.parse("232.1.2.3"), member.local.port);
    member.join("232.1.2.3", { interface: "lo", source: "127.0.0.5" });
    const wanted = kept(await listen("udp4", "127.0.0.5:0", { multicast: { interface: "lo" } }));
    const other = kept(await listen("udp4", "127.0.0.6:0", { multicast: { interface: "lo" } }));
    await other.send(bytesOf("other"), to);
    await wanted.send(bytesOf("wanted"), to);
    expect(packetText(await member.recv())).toBe("wanted");
    member.leave("232.1.2.3", { interface: "lo", source: "127.0.0.5" });
  });

  test("says what is wrong with a group", async () => {
    const member = kept(await listen("udp4", ":0"));
    const failure = (act: () => void): unknown => {
      try {
        act();
      } catch (error) {
        return (error as { readonly code?: string }).code;
      }
      return undefined;
    };
    expect(failure(() => member.join("127.0.0.1"))).toBe("EINVAL");
    expect(failure(() => member.join(GROUP, { interface: "no-such-if" }))).toBe("EADDRNOTAVAIL");
    expect(failure(() => member.setMulticast({ ttl: 300 }))).toBe("EINVAL");
    await member.close();
    expect(failure(() => member.join(GROUP))).toBe("EBADF");
  });
});
