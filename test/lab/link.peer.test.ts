import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { chain, Lab, type LabOptions, type LinkOptions, pointToPoint, type Topology } from "../../src/lab/index.ts";
import { peer } from "../peers.ts";
import { labs } from "./lab-peer.ts";
import { linesOf } from "./lines-of.ts";

const python = peer("python3");
const skipped = !labs.available || !python.available;
const why = `${labs.skipped}${python.skipped}`;

const KNOCK = script("knock.py");
const RECEIVE = script("receive.py");
const SEND = script("send.py");
const ROUND_TRIPS = script("round-trips.py");
const PATH_MTU = script("path-mtu.py");

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** What a receiver at b reports of datagrams that a sends. */
interface Received {
  readonly numbers: readonly number[];
  readonly seconds: number;
}

async function flow(lab: Lab, count: number, bytes: number, pauseMs = 0): Promise<Received> {
  const [a, b] = [lab.host("a"), lab.host("b")];
  await a.run(["python3", KNOCK, b.address4.toString()]);
  const next = linesOf(b.spawn(["python3", RECEIVE], { stdio: ["ignore", "pipe", "inherit"] }));
  expect(await next()).toBe("listening");
  await a.run(["python3", SEND, b.address4.toString(), String(count), String(bytes), String(pauseMs)]);
  await settled(lab);
  // Said from inside, so that no link can lose it.
  await b.run(["python3", "-c", END, "127.0.0.1"]);
  return JSON.parse(await next()) as Received;
}

/** The same over a link that has no counters and loses nothing: the end comes last. */
async function flowToEnd(lab: Lab, count: number, bytes: number): Promise<Received> {
  const [a, b] = [lab.host("a"), lab.host("b")];
  const address = b.address4.toString();
  await a.run(["python3", KNOCK, address]);
  const next = linesOf(b.spawn(["python3", RECEIVE], { stdio: ["ignore", "pipe", "inherit"] }));
  expect(await next()).toBe("listening");
  await a.run(["python3", SEND, address, String(count), String(bytes), "0"]);
  await a.run(["python3", "-c", END, address]);
  return JSON.parse(await next()) as Received;
}

const END = "import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'end', (sys.argv[1], 9))";

/** Waits until nothing is under way: as many round trips to b as an empty link needs. */
async function settled(lab: Lab): Promise<void> {
  for (const link of lab.links) {
    for (;;) {
      const { forth } = await link.counters();
      if (forth.sent + forth.duplicated === forth.delivered + forth.lost + forth.overflowed) break;
    }
  }
}

async function labOf(link: LinkOptions, options: LabOptions = { driver: "userspace" }): Promise<Lab> {
  return Lab.create(pointToPoint({ link }), options);
}

async function roundTrips(lab: Lab, address: string, count: number): Promise<number[]> {
  await using echo = lab.host("b").spawn(["python3", ROUND_TRIPS], { stdio: ["ignore", "pipe", "inherit"] });
  expect(await linesOf(echo)()).toBe("listening");
  const { stdout } = await lab.host("a").run(["python3", ROUND_TRIPS, address, String(count)]);
  return JSON.parse(stdout) as number[];
}

describe("a link", () => {
  test.skipIf(skipped)(`delays each way by its own time, never less${why}`, async () => {
    await using lab = await labOf({ delayMs: 20, back: { delayMs: 30 } });
    for (const address of [lab.host("b").address4, lab.host("b").address6]) {
      const trips = await roundTrips(lab, address.toString(), 20);
      // 0.1 ms: two processes read two clocks.
      expect(Math.min(...trips)).toBeGreaterThanOrEqual(49.9);
      expect(Math.min(...trips)).toBeLessThan(60);
    }
  });

  test.skipIf(skipped)(`loses its share, and counts it${why}`, async () => {
    await using lab = await labOf({ lossPercent: 20 });
    const { numbers } = await flow(lab, 1000, 100, 0.1);
    expect(numbers.length).toBeGreaterThan(740);
    expect(numbers.length).toBeLessThan(860);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const { forth } = await lab.link("a-b").counters();
    expect(forth.sent).toBe(forth.delivered + forth.lost);
    expect(forth.lost).toBeGreaterThanOrEqual(1000 - numbers.length);
  });

  test.skipIf(skipped)(`duplicates${why}`, async () => {
    await using lab = await labOf({ duplicatePercent: 100 });
    const { numbers } = await flow(lab, 100, 100, 0.1);
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, i) => Math.floor(i / 2)));
  });

  test.skipIf(skipped)(`lets datagrams overtake others, and loses none${why}`, async () => {
    await using lab = await labOf({ delayMs: 20, reorderPercent: 10 });
    const { numbers } = await flow(lab, 500, 100, 1);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    const overtaken = numbers.filter((number, i) => numbers.slice(0, i).some((before) => before > number));
    expect(overtaken.length).toBeGreaterThan(50);
  });

  test.skipIf(skipped).each(["userspace", "kernel"] as const)(
    `sends at its rate: the far side sees 2 Mbit/s for two seconds (%s)${why}`,
    async (driver) => {
      // 1000 bytes of payload are 1042 of frame: 480 of them take 2 s.
      const options = { rateBitsPerSecond: 2e6, queueBytes: 1e6 };
      await using lab = await Lab.create(pointToPoint({ link: options }), { driver });
      const { numbers, seconds } = await (driver === "userspace" ? flow(lab, 481, 1000) : flowToEnd(lab, 481, 1000));
      expect(numbers).toHaveLength(481);
      const rate = (480 * 1042 * 8) / seconds;
      expect(rate).toBeGreaterThan(1.8e6);
      expect(rate).toBeLessThan(2.1e6);
    },
  );

  test.skipIf(skipped)(`drops what its queue has no room for${why}`, async () => {
    await using lab = await labOf({ rateBitsPerSecond: 1e6, queueBytes: 20_840 });
    // The queue holds 20 frames of 1042 bytes.
    const { numbers } = await flow(lab, 300, 1000);
    expect(numbers.length).toBeGreaterThanOrEqual(20);
    expect(numbers.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const { forth } = await lab.link("a-b").counters();
    expect(forth.overflowed).toBeGreaterThan(200);
  });

  test.skipIf(skipped)(
    `is changed while it carries, by the kernel first, in user space from then on${why}`,
    async () => {
      await using lab = await Lab.create(pointToPoint());
      const link = lab.link("a-b");
      const [a, b] = [lab.host("a"), lab.host("b")];
      const talk =
        "import socket,sys\ns=socket.create_connection((sys.argv[1],7))\nfor line in sys.stdin:\n s.sendall(line.encode()); print(s.makefile().readline(), end='', flush=True)";
      const answer =
        "import socket\nl=socket.create_server(('',7)); print('listening', flush=True); c,_=l.accept()\nwhile d:=c.recv(100): c.sendall(d)";
      await using echo = b.spawn(["python3", "-c", answer], { stdio: ["ignore", "pipe", "inherit"] });
      expect(await linesOf(echo)()).toBe("listening");
      await using client = a.spawn(["python3", "-c", talk, "b"], { stdio: ["pipe", "pipe", "inherit"] });
      const next = linesOf(client);
      const ask = async (line: string): Promise<string> => {
        client.stdin!.write(`${line}\n`);
        return next();
      };
      expect(await ask("plain")).toBe("plain");
      await link.set({ rateBitsPerSecond: 10e6 });
      expect(await ask("slower")).toBe("slower");
      await link.set({ delayMs: 10 });
      expect(await ask("later")).toBe("later");
      await link.set({ delayMs: 0, lossPercent: 100 });
      await link.set({ lossPercent: 0 });
      expect(await ask("whole")).toBe("whole");
      const before = (await link.counters()).back.delivered;
      expect(await ask("counted")).toBe("counted");
      expect((await link.counters()).back.delivered).toBeGreaterThan(before);
      expect(link.options).toEqual({ rateBitsPerSecond: 10e6, delayMs: 0, lossPercent: 0 });
    },
  );

  test.skipIf(skipped).each(["userspace", "kernel"] as const)(
    `that is down loses everything in silence, and carries again when it is up (%s)${why}`,
    async (driver) => {
      await using lab = await Lab.create(chain({ hops: 2 }), { driver });
      const ping = ["python3", "-c", PING, lab.host("b").address4.toString()] as const;
      await using echo = lab.host("b").spawn(["python3", ROUND_TRIPS], { stdio: ["ignore", "pipe", "inherit"] });
      expect(await linesOf(echo)()).toBe("listening");
      expect((await lab.host("a").run(ping)).stdout).toBe("answered\n");
      await lab.link("r1-b").down();
      expect((await lab.host("a").run(ping)).stdout).toBe("silence\n");
      await lab.link("r1-b").up();
      expect((await lab.host("a").run(ping)).stdout).toBe("answered\n");
    },
  );
});

/** One datagram to an echo, and whether it is answered within half a second. */
const PING = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(0.5)
s.connect((sys.argv[1], 9))
s.send(b"?")
try:
    s.recv(9)
    print("answered")
except TimeoutError:
    print("silence")
`;

describe("the path's MTU", () => {
  const shrinking: Topology = chain({ hops: 4, links: [{ mtu: 1500 }, { mtu: 1450 }, { mtu: 1400 }, { mtu: 1300 }] });

  test.skipIf(skipped).each(["kernel", "userspace"] as const)(
    `is found hop by hop by what may not be fragmented (%s)${why}`,
    async (driver) => {
      await using lab = await Lab.create(shrinking, { driver });
      const [a, b] = [lab.host("a"), lab.host("b")];
      await using echo = b.spawn(["python3", ROUND_TRIPS], { stdio: ["ignore", "pipe", "inherit"] });
      expect(await linesOf(echo)()).toBe("listening");
      for (const [address, headers] of [
        [b.address4, 28],
        [b.address6, 48],
      ] as const) {
        const report = async (): Promise<unknown> =>
          JSON.parse((await a.run(["python3", PATH_MTU, address.toString(), "1440"])).stdout);
        expect(await report()).toEqual({ mtus: [1450, 1400, 1300], bytes: 1300 - headers });
        // It is known from then on, and refused at once.
        expect(await report()).toEqual({ mtus: [1300], bytes: 1300 - headers });
      }
    },
  );
});

describe("Host.drop", () => {
  test.skipIf(skipped)(`loses one family and leaves the other${why}`, async () => {
    await using lab = await Lab.create(pointToPoint());
    const b = lab.host("b");
    await b.drop("ipv6");
    expect(await roundTrips(lab, b.address4.toString(), 1)).toHaveLength(1);
    const dead = await lab
      .host("a")
      .run(["python3", "-c", PING.replaceAll("AF_INET", "AF_INET6"), b.address6.toString()]);
    expect(dead.stdout).toBe("silence\n");
    await b.accept("ipv6");
    expect(await roundTrips(lab, b.address6.toString(), 1)).toHaveLength(1);
  });
});
