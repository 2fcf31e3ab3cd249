import { afterAll, afterEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial, listen, type NetError } from "../../src/net/index.ts";
import { failureOf } from "./pairs.ts";

type Network = "unix" | "unixgram" | "unixpacket";
const NETWORKS: readonly Network[] = ["unix", "unixgram", "unixpacket"];
const directory = mkdtempSync(join(tmpdir(), "unix-files-"));
afterAll(() => rmSync(directory, { recursive: true }));

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each[Symbol.asyncDispose]()));
});

interface Bound extends AsyncDisposable {
  close(): Promise<void>;
}

async function bind(network: Network, path: string, options: object = {}): Promise<Bound> {
  const bound: Bound =
    network === "unix"
      ? await listen(network, path, options)
      : network === "unixgram"
        ? await listen(network, path, options)
        : await listen(network, path, options);
  open.push(bound);
  return bound;
}

async function connect(network: Network, path: string): Promise<void> {
  const conn = network === "unix" ? await dial(network, path) : await dial(network, path);
  open.push(conn);
}

async function refusal(promise: Promise<unknown>): Promise<NetError> {
  return failureOf(promise);
}

let count = 0;
function freshPath(): string {
  return join(directory, `s${count++}`);
}

for (const network of NETWORKS) {
  describe(`the file of a ${network} socket`, () => {
    test("has the mode that was asked for, whatever the umask", async () => {
      const before = process.umask(0o077);
      try {
        for (const mode of [0o666, 0o622, 0o600, 0o000]) {
          const path = freshPath();
          await bind(network, path, { mode });
          expect(statSync(path).mode & 0o777).toBe(mode);
        }
      } finally {
        process.umask(before);
      }
    });

    test("without a mode has what the umask leaves", async () => {
      const before = process.umask(0o027);
      const path = freshPath();
      try {
        await bind(network, path);
      } finally {
        process.umask(before);
      }
      expect(statSync(path).mode & 0o777).toBe(0o750);
    });

    test.skipIf(process.geteuid?.() !== 0)("is given to the user and group by name or number", async () => {
      const path = freshPath();
      await bind(network, path, { owner: 65_534, group: "daemon", mode: 0o660 });
      const { gid, uid } = statSync(path);
      expect(uid).toBe(65_534);
      expect(gid).toBeGreaterThan(0);
    });

    test("an owner that there is not is refused, and nothing is left behind", async () => {
      const path = freshPath();
      const error = await refusal(bind(network, path, { owner: "no-such-user" }));
      expect([error.code, error.hint]).toEqual(["EINVAL", 'there is no user "no-such-user" on this machine']);
      expect(existsSync(path)).toBe(false);
    });

    test.skipIf(process.geteuid?.() !== 0)(
      "an owner that the process may not give is refused, and the next one can bind there",
      async () => {
        const folder = mkdtempSync(join(tmpdir(), "unix-owner-"));
        chownSync(folder, 65_534, 65_534);
        const script = `
          const { listen } = await import(${JSON.stringify(join(import.meta.dir, "../../src/net/index.ts"))});
          process.setgroups([]); process.setgid(65534); process.setuid(65534);
          const path = ${JSON.stringify(join(folder, "s"))};
          await listen(${JSON.stringify(network)}, path, { owner: 0, mode: 0o666 }).catch((error) => console.log(error.code));
          console.log((await import("node:fs")).existsSync(path));
          await (await listen(${JSON.stringify(network)}, path, { mode: 0o666 })).close();
          console.log("bound");
        `;
        const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
        expect(await child.stdout.text()).toBe("EPERM\nfalse\nbound\n");
        rmSync(folder, { recursive: true });
      },
    );

    test("goes with the socket", async () => {
      const path = freshPath();
      const bound = await bind(network, path);
      await bound.close();
      expect(existsSync(path)).toBe(false);
    });

    test("stays when it is somebody else's by then", async () => {
      const path = freshPath();
      const first = await bind(network, path);
      renameSync(path, `${path}.moved`);
      await bind(network, path);
      await first.close();
      await connect(network, path);
      expect(lstatSync(path).isSocket()).toBe(true);
    });

    test("left behind is replaced by a socket of any kind", async () => {
      for (const stale of NETWORKS) {
        const path = freshPath();
        const bound = await bind(stale, path);
        renameSync(path, `${path}.kept`);
        await bound.close();
        renameSync(`${path}.kept`, path);
        expect(lstatSync(path).isSocket()).toBe(true);
        await bind(network, path);
        await connect(network, path);
      }
    });

    test("of a live socket of any kind is left alone", async () => {
      for (const live of NETWORKS) {
        const path = freshPath();
        await bind(live, path);
        const { ino } = statSync(path);
        const error = await refusal(bind(network, path));
        expect([error.code, error.hint]).toEqual([
          "EADDRINUSE",
          "another process listens there: stop it, or choose another path",
        ]);
        expect(statSync(path).ino).toBe(ino);
        await connect(live, path);
      }
    });

    test("a file that is no socket, and a link, are left alone", async () => {
      const path = freshPath();
      writeFileSync(path, "precious");
      expect((await refusal(bind(network, path))).code).toBe("EADDRINUSE");
      const link = freshPath();
      symlinkSync(path, link);
      expect((await refusal(bind(network, link))).code).toBe("EADDRINUSE");
      expect(Bun.file(path).size).toBe(8);
    });

    test("a path of 107 bytes works, one of 108 is refused and says so", async () => {
      const base = join(directory, "p");
      const longest = base + "x".repeat(107 - base.length);
      await bind(network, longest);
      await connect(network, longest);
      for (const path of [`${longest}y`, `${base}${"ä".repeat(60)}`]) {
        const hint = `the path of a Unix socket has at most 107 bytes, this one has ${Buffer.byteLength(path)}`;
        for (const failure of [await refusal(bind(network, path)), await refusal(connect(network, path))])
          expect([failure.code, failure.hint]).toEqual(["EINVAL", hint]);
      }
    });

    test("no path, a NUL in it, a directory that is not there, and nobody there", async () => {
      for (const path of ["", "/tmp/a\0b"]) {
        expect((await refusal(bind(network, path))).code).toBe("EINVAL");
        expect((await refusal(connect(network, path))).code).toBe("EINVAL");
      }
      expect((await refusal(bind(network, join(directory, "none/s")))).hint).toBe("the directory does not exist");
      expect((await refusal(connect(network, freshPath()))).code).toBe("ENOENT");
      const path = freshPath();
      const bound = await bind(network, path);
      renameSync(path, `${path}.kept`);
      await bound.close();
      const error = await refusal(connect(network, `${path}.kept`));
      expect([error.code, error.hint]).toEqual([
        "ECONNREFUSED",
        "nobody listens there; a socket file that was left behind is no sign of life",
      ]);
    });

    test("a socket of another kind is said to be one", async () => {
      const other = network === "unix" ? "unixgram" : "unix";
      const path = freshPath();
      await bind(other, path);
      expect((await refusal(connect(network, path))).hint).toContain("a socket of another type is bound there");
    });

    test("an abstract name has no file, may hold any character, and is free once it is closed", async () => {
      for (const name of [`@unix-files-${process.pid}`, `@\0odd\n ${process.pid} ü`]) {
        for (let round = 0; round < 2; round++) {
          const bound = await bind(network, name);
          await connect(network, name);
          expect((await refusal(bind(network, name))).code).toBe("EADDRINUSE");
          await bound.close();
        }
      }
    });
  });
}

test.skipIf(process.geteuid?.() !== 0)("a socket of somebody else's says whose it is", async () => {
  const path = freshPath();
  chmodSync(directory, 0o755);
  await bind("unix", path, { mode: 0o600 });
  const script = `
    const { dial } = await import(${JSON.stringify(join(import.meta.dir, "../../src/net/index.ts"))});
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    await dial("unix", ${JSON.stringify(path)}).catch((error) => console.log(error.code, error.hint));
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  expect((await child.stdout.text()).trim()).toBe(
    "EACCES connecting takes permission to write to the socket file, and to search its directories: it belongs to user 0 and group 0, with mode 0600",
  );
});

// Somebody tries to send all the while: with a moment in which the file lets others in, some of it would arrive.
const python: string | null = Bun.which("python3");
test.skipIf(process.geteuid?.() !== 0 || python === null)("nobody gets in before the file has its mode", async () => {
  chmodSync(directory, 0o755);
  const path = freshPath();
  const script = `
import os, socket
os.setgroups([]); os.setgid(65534); os.setuid(65534)
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setblocking(False)
os.write(1, b"tries\\n")
got = 0
for _ in range(100000):
    try:
        s.sendto(b"in", ${JSON.stringify(path)})
        got += 1
    except OSError:
        pass
os.write(1, b"got in %d\\n" % got)
`;
  const child = Bun.spawn([python!, "-c", script], { stdout: "pipe", stderr: "ignore" });
  try {
    const output = child.stdout.getReader();
    expect(Buffer.from((await output.read()).value!).toString()).toBe("tries\n");
    const rest = output.read();
    let ended = false;
    void rest.then(() => (ended = true));
    for (let round = 0; round < 20 || !ended; round++) {
      const bound = await listen("unixgram", path, { mode: 0o600, owner: 0 });
      await new Promise((resolve) => void setImmediate(resolve));
      await bound.close();
    }
    expect(Buffer.from((await rest).value!).toString()).toBe("got in 0\n");
  } finally {
    child.kill();
  }
});
