import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Addr, AddrPort, UnixAddress } from "../addr/index.ts";
import { acceptPending } from "./accept-pending.ts";
import { closeDescriptor, duplicateDescriptor } from "./descriptor.ts";
import { makeListeningSocket, type TcpListeningSocket, type UnixListeningSocket } from "./listening-socket.ts";
import { socketAddress } from "./socket-address.ts";
import { SystemError } from "./system-error.ts";

const opened: number[] = [];

afterEach(() => {
  for (const fd of opened.splice(0)) closeDescriptor(fd);
});

function made(options: TcpListeningSocket | UnixListeningSocket): { fd: number; port: number } {
  const socket = makeListeningSocket(options);
  opened.push(socket.fd);
  return socket;
}

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SystemError) return error.code;
    throw error;
  }
  return "";
}

async function canConnect(hostname: string, port: number): Promise<boolean> {
  const socket = await Bun.connect({ hostname, port, socket: { data() {} } }).catch(() => undefined);
  socket?.terminate();
  return socket !== undefined;
}

describe("makeListeningSocket", () => {
  test("says the port it got, and is bound where it was told", () => {
    const { fd, port } = made({ network: "tcp4", addr: Addr.parse("127.0.0.1"), port: 0 });
    expect(port).toBeGreaterThan(0);
    expect(socketAddress(fd)).toEqual(new AddrPort(Addr.parse("127.0.0.1"), port));
  });

  test("tcp without an address takes IPv4 and IPv6, as an unspecified address of either does", async () => {
    for (const addr of [undefined, Addr.anyV4, Addr.anyV6]) {
      const { port } = made({ network: "tcp", addr, port: 0 });
      expect(await canConnect("127.0.0.1", port)).toBe(true);
      expect(await canConnect("::1", port)).toBe(true);
    }
  });

  test("tcp4 and tcp6 keep to their family", async () => {
    const four = made({ network: "tcp4", port: 0 });
    expect([await canConnect("127.0.0.1", four.port), await canConnect("::1", four.port)]).toEqual([true, false]);
    const six = made({ network: "tcp6", port: 0 });
    expect([await canConnect("127.0.0.1", six.port), await canConnect("::1", six.port)]).toEqual([false, true]);
    expect(failure(() => made({ network: "tcp4", addr: Addr.parse("::1"), port: 0 }))).toBe("EAFNOSUPPORT");
    expect(failure(() => made({ network: "tcp6", addr: Addr.parse("127.0.0.1"), port: 0 }))).toBe("EAFNOSUPPORT");
  });

  test("a port that somebody listens on is refused, with reusePort too unless both have it", () => {
    const addr = Addr.parse("127.0.0.1");
    const { port } = made({ network: "tcp", addr, port: 0 });
    expect(failure(() => made({ network: "tcp", addr, port }))).toBe("EADDRINUSE");
    expect(failure(() => made({ network: "tcp", addr, port, reusePort: true }))).toBe("EADDRINUSE");
    const shared = made({ network: "tcp", addr, port: 0, reusePort: true });
    expect(made({ network: "tcp", addr, port: shared.port, reusePort: true }).port).toBe(shared.port);
    expect(failure(() => made({ network: "tcp", addr, port: shared.port }))).toBe("EADDRINUSE");
  });

  test("an address of another machine is refused", () => {
    expect(failure(() => made({ network: "tcp", addr: Addr.parse("192.0.2.1"), port: 0 }))).toBe("EADDRNOTAVAIL");
  });

  test("a zone is the name or the number of an interface", () => {
    const zoned = (zone: string): (() => unknown) => {
      return () => made({ network: "tcp6", addr: Addr.parse(`fe80::1%${zone}`), port: 0 });
    };
    expect(failure(zoned("nosuchif0"))).toBe("ENODEV");
    expect(failure(zoned("1"))).toBe("EADDRNOTAVAIL");
  });

  test("its descriptor is not inherited by programs that are started", () => {
    const { fd } = made({ network: "tcp4", addr: Addr.parse("127.0.0.1"), port: 0 });
    const flags = /flags:\s+(\d+)/.exec(new TextDecoder().decode(readProc(`/proc/self/fdinfo/${fd}`)))?.[1] ?? "0";
    expect(Number.parseInt(flags, 8) & 0o2004000).toBe(0o2004000);
  });
});

function readProc(path: string): Uint8Array {
  return Bun.spawnSync(["cat", path.replace("self", String(process.pid))]).stdout;
}

describe("Unix sockets", () => {
  const dir = mkdtempSync(join(tmpdir(), "netwright-sys-"));
  const path = join(dir, "a.sock");

  afterEach(() => rmSync(path, { force: true }));

  test("the file has its mode, whatever the umask", () => {
    const before = process.umask(0o077);
    try {
      const { fd, port } = made({ network: "unix", path, mode: 0o622 });
      expect(port).toBe(0);
      expect(statSync(path).mode & 0o777).toBe(0o622);
      expect(socketAddress(fd)).toEqual(new UnixAddress(path));
    } finally {
      process.umask(before);
    }
  });

  test("a path that is taken, too long, empty or without a directory is refused", () => {
    made({ network: "unix", path });
    expect(failure(() => made({ network: "unix", path }))).toBe("EADDRINUSE");
    expect(failure(() => made({ network: "unix", path: `${dir}/${"x".repeat(120)}` }))).toBe("ENAMETOOLONG");
    expect(failure(() => made({ network: "unix", path: "" }))).toBe("EINVAL");
    expect(failure(() => made({ network: "unix", path: "@" }))).toBe("EINVAL");
    expect(failure(() => made({ network: "unix", path: "a\0b" }))).toBe("EINVAL");
    expect(failure(() => made({ network: "unix", path: `${dir}/none/a.sock` }))).toBe("ENOENT");
  });

  test("an abstract name makes no file", async () => {
    const name = `@netwright-${process.pid}-${performance.now()}`;
    const { fd } = made({ network: "unix", path: name });
    expect(socketAddress(fd)).toEqual(new UnixAddress(name));
    const socket = await Bun.connect({ unix: `\0${name.slice(1)}`, socket: { data() {} } });
    socket.terminate();
  });

  test("acceptPending takes what is queued, and nothing when nothing is", async () => {
    const { fd } = made({ network: "unix", path });
    expect(acceptPending(fd)).toEqual([]);
    const clients = await Promise.all([0, 1, 2].map(() => Bun.connect({ unix: path, socket: { data() {} } })));
    const accepted = acceptPending(fd, 2);
    expect(accepted.length).toBe(2);
    expect(acceptPending(fd).length + accepted.length).toBe(3);
    for (const client of clients) client.terminate();
  });

  test("a duplicate keeps what is queued when the first descriptor closes", async () => {
    const { fd } = makeListeningSocket({ network: "unix", path });
    const copy = duplicateDescriptor(fd);
    opened.push(copy);
    const client = await Bun.connect({ unix: path, socket: { data() {} } });
    closeDescriptor(fd);
    unlinkSync(path);
    const accepted = acceptPending(copy);
    opened.push(...accepted);
    expect(accepted.length).toBe(1);
    client.terminate();
  });
});
