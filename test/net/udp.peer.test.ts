import { afterEach, describe, expect, test } from "bun:test";
import { type Addr, AddrPort } from "../../src/addr/index.ts";
import { dial, listen, type PacketConn, type UdpConn } from "../../src/net/index.ts";
import { peer } from "../peers.ts";
import { packetText } from "./packet-pairs.ts";
import { bytesOf } from "./pairs.ts";

const nc = peer("nc");
const socat = peer("socat");
const python = peer("python3");

const open: PacketConn[] = [];
const children: Bun.Subprocess[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (conn) => conn.close()));
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

async function listening(address: string): Promise<UdpConn> {
  const conn = await listen("udp", address);
  open.push(conn);
  return conn;
}

function started(command: readonly string[]): Bun.Subprocess<"pipe", "pipe", "inherit"> {
  const child = Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  children.push(child);
  return child;
}

/** Reads a program's output until it holds something. */
async function outputWith(child: Bun.Subprocess<"pipe", "pipe", "inherit">, what: RegExp): Promise<string> {
  let output = "";
  for await (const chunk of child.stdout) {
    output += new TextDecoder().decode(chunk);
    if (what.test(output)) return output;
  }
  throw new Error(`it ended with ${JSON.stringify(output)}`);
}

/** A port that nobody has now, for a program that cannot be asked which one it got. */
async function freePort(host: string): Promise<AddrPort> {
  await using conn = await listen("udp", `${host}:0`);
  return conn.local;
}

/** Asks a server that has just been started until it answers: what is sent before it is there is refused or lost. */
async function asked(server: AddrPort, words: string): Promise<string | null> {
  const client = await dial("udp", server.toString());
  open.push(client);
  for (;;) {
    try {
      await client.send(bytesOf(words));
      return packetText(await client.recv({ timeoutMs: 200 }));
    } catch {
      // Not yet.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe("netcat", () => {
  test.skipIf(!nc.available).each(["127.0.0.1", "127.0.0.2", "::1"])(
    `which takes answers from the address it asked alone, hears an echo at %s${nc.skipped}`,
    async (host) => {
      const server = await listening(":0");
      const child = started([nc.path, "-u", host, String(server.local.port)]);
      await child.stdin.write("ping\n");
      await child.stdin.flush();
      const packet = (await server.recv())!;
      expect(packetText(packet)).toBe("ping\n");
      await server.send(bytesOf("pong\n"), packet.from);
      expect(await outputWith(child, /\n/)).toBe("pong\n");
    },
  );

  test.skipIf(!nc.available)(`that listens hears what is sent${nc.skipped}`, async () => {
    const place = await freePort("127.0.0.1");
    const child = started([nc.path, "-u", "-l", "127.0.0.1", String(place.port)]);
    const heard = outputWith(child, /\n/);
    const client = await dial("udp", place.toString());
    open.push(client);
    let over = false;
    void heard.then(() => (over = true));
    while (!over) {
      // Refused as long as it does not listen yet.
      await client.send(bytesOf("ping\n")).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await heard).toStartWith("ping\n");
  });
});

describe("socat", () => {
  test.skipIf(!socat.available).each(["UDP4-RECVFROM", "UDP4-LISTEN"])(
    `as %s answers${socat.skipped}`,
    async (kind) => {
      const place = await freePort("127.0.0.1");
      started([socat.path, `${kind}:${place.port},bind=127.0.0.1`, "PIPE"]);
      expect(await asked(place, "ping")).toBe("ping");
    },
  );

  test.skipIf(!socat.available)(`joins the same group${socat.skipped}`, async () => {
    const server = await listening("0.0.0.0:0");
    server.join("239.255.77.9", { interface: "lo" });
    const target = `UDP4-DATAGRAM:239.255.77.9:${server.local.port},ip-multicast-if=127.0.0.1`;
    const child = started([socat.path, "-", target]);
    await child.stdin.write("to all");
    await child.stdin.flush();
    const packet = (await server.recv())!;
    expect([packetText(packet), packet.to?.toString()]).toEqual(["to all", `239.255.77.9:${server.local.port}`]);
    await server.send(bytesOf("from one\n"), packet.from);
    expect(await outputWith(child, /\n/)).toBe("from one\n");
  });
});

const PYTHON_ECHO = `
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
print(s.getsockname()[1], flush=True)
while True:
    data, sender = s.recvfrom(65536)
    s.sendto(data, sender)
`;

describe("Python's sockets", () => {
  test.skipIf(!python.available).each(["127.0.0.1", "::1"])(
    `give back datagrams of every length over %s${python.skipped}`,
    async (host) => {
      const child = started([python.path, "-c", PYTHON_ECHO, host]);
      const port = Number(await outputWith(child, /\n/));
      const { addr }: { readonly addr: Addr } = AddrPort.parse(host.includes(":") ? "[::1]:1" : "127.0.0.1:1");
      const client = await dial("udp", new AddrPort(addr, port).toString());
      open.push(client);
      for (const length of [0, 1, 1472, 9000, 65_507]) {
        const data = new Uint8Array(length).fill(length & 0xff);
        await client.send(data);
        const packet = (await client.recv())!;
        expect([packet.data.length, packet.truncated]).toEqual([length, false]);
        expect(Buffer.compare(packet.data, data)).toBe(0);
      }
      const batch = Array.from({ length: 60 }, (_, i) => ({ data: bytesOf(String(i)) }));
      await client.sendBatch(batch);
      for (let i = 0; i < 60; i++) expect(packetText(await client.recv())).toBe(String(i));
    },
  );
});
