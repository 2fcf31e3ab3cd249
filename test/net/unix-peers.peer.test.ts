import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "../../src/http/server/index.ts";
import { dial, listen, serveGroups } from "../../src/net/index.ts";
import { peer } from "../peers.ts";

const directory = mkdtempSync(join(tmpdir(), "unix-peers-"));
chmodSync(directory, 0o755);
afterAll(() => rmSync(directory, { recursive: true }));

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each[Symbol.asyncDispose]()));
});

function opened<Resource extends AsyncDisposable>(resource: Resource): Resource {
  open.push(resource);
  return resource;
}

let count = 0;
function freshPath(): string {
  return join(directory, `s${count++}`);
}

/** What a program prints that is given some input. */
async function outputOf(command: readonly string[], input?: string): Promise<string> {
  const child = Bun.spawn([...command], {
    stdin: input === undefined ? "ignore" : Buffer.from(input),
    stderr: "inherit",
  });
  return child.stdout.text();
}

const socat = peer("socat");
describe.skipIf(!socat.available)(`socat${socat.skipped}`, () => {
  test("is answered by datagrams", async () => {
    const [path, own] = [freshPath(), freshPath()];
    const server = opened(await listen("unixgram", path));
    const running = outputOf([socat.path, "-t2", "-", `UNIX-SENDTO:${path},bind=${own}`], "ping");
    const packet = (await server.recv())!;
    expect([Buffer.from(packet.data).toString(), packet.from.toString()]).toEqual(["ping", own]);
    await server.send(Buffer.from("pong"), packet.from);
    expect(await running).toBe("pong");
  });

  test("is answered by records, whose end it hears", async () => {
    const path = freshPath();
    const listener = opened(await listen("unixpacket", path));
    const running = outputOf([socat.path, "-t2", "-", `UNIX-CONNECT:${path},type=5`], "ping");
    const conn = (await listener.accept())!;
    expect(Buffer.from((await conn.recv())!.data).toString()).toBe("ping");
    await conn.send(Buffer.from("pong"));
    await conn.close();
    expect(await running).toBe("pong");
  });
});

const curl = peer("curl");
test.skipIf(!curl.available)(`curl asks over an abstract name${curl.skipped}`, async () => {
  const name = `unix-peers-${process.pid}`;
  const server = serve(await listen("unix", `@${name}`), () => new Response("abstract\n"));
  expect(await outputOf([curl.path, "-s", "--abstract-unix-socket", name, "http://localhost/"])).toBe("abstract\n");
  await server.shutdown();
});

const python = peer("python3");
describe.skipIf(!python.available)(`Python${python.skipped}`, () => {
  test("is spoken to as a datagram and a seqpacket server", async () => {
    const [gram, packet, own] = [freshPath(), freshPath(), freshPath()];
    const script = `
import socket
g = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); g.bind(${JSON.stringify(gram)})
p = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); p.bind(${JSON.stringify(packet)}); p.listen(1)
print("ready", flush=True)
data, sender = g.recvfrom(100)
g.sendto(data.upper(), sender)
c, _ = p.accept()
for size in (100, 100): c.send(c.recv(size).upper())
c.send(b"")
c.send(b"end")
c.recv(1)
`;
    const child = Bun.spawn([python.path, "-c", script], { stderr: "inherit" });
    await child.stdout.getReader().read();
    const sender = opened(await dial("unixgram", gram, { localAddress: own }));
    await sender.send(Buffer.from("ping"));
    expect(Buffer.from((await sender.recv())!.data).toString()).toBe("PING");
    const conn = opened(await dial("unixpacket", packet));
    await conn.send(Buffer.from("one"));
    await conn.send(Buffer.from("two"));
    const got: string[] = [];
    for (let i = 0; i < 4; i++) got.push(Buffer.from((await conn.recv())!.data).toString());
    expect(got).toEqual(["ONE", "TWO", "", "end"]);
    await conn.close();
    expect(await child.exited).toBe(0);
  });

  test("an abstract name with bytes that are no text is answered", async () => {
    const path = freshPath();
    const server = opened(await listen("unixgram", path));
    const script = `
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(b"\\x00\\xff\\xfe\\x00odd")
s.sendto(b"ping", ${JSON.stringify(path)})
print(s.recv(10).decode())
`;
    const running = outputOf([python.path, "-c", script]);
    const { data, from } = (await server.recv())!;
    await server.send(data, from);
    expect(await running).toBe("ping\n");
  });
});

const nc = peer("nc");
const setpriv = peer("setpriv");
const isRoot = process.geteuid?.() === 0;
describe.skipIf(!nc.available || !setpriv.available || !isRoot)(
  `the authentication service, asked with netcat${nc.skipped}${setpriv.skipped}`,
  () => {
    async function answer(groups: readonly number[], allowed: ReadonlySet<number>): Promise<string> {
      const path = freshPath();
      const listener = await listen("unix", path, { mode: 0o666 });
      const denied: number[] = [];
      // A member is greeted and let go, so that netcat ends.
      const service = opened(
        serveGroups(listener, {
          groups: allowed,
          onMember: (conn) => void conn.close(),
          onDenied: (conn) => void denied.push(conn.unix!.peerCredentials().uid),
        }),
      );
      const list = groups.length === 0 ? ["--clear-groups"] : [`--groups=${groups.join(",")}`];
      const as = ["--reuid=65534", "--regid=65533", ...list];
      const text = await outputOf([setpriv.path, ...as, nc.path, "-N", "-U", path], "");
      await service.close();
      expect(existsSync(path)).toBe(false);
      expect(denied).toEqual(text === "Welcome\n" ? [] : [65_534]);
      return text;
    }

    test("the process's own supplementary groups count, whatever the user database says", async () => {
      expect(await answer([4242, 4243], new Set([4243]))).toBe("Welcome\n");
      expect(await answer([4242, 4243], new Set([4244]))).toBe("Access denied\n");
      expect(
        await answer(
          Array.from({ length: 200 }, (_, i) => 5000 + i),
          new Set([5199]),
        ),
      ).toBe("Welcome\n");
    });

    test("its effective group counts, and root's groups do not come with the process that began it", async () => {
      expect(await answer([], new Set([65_533]))).toBe("Welcome\n");
      expect(await answer([], new Set([0]))).toBe("Access denied\n");
    });

    test("an empty set denies everybody", async () => {
      expect(await answer([0, 4242], new Set())).toBe("Access denied\n");
    });
  },
);
