import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnixAddress } from "../addr/index.ts";
import type { Conn } from "./conn.ts";
import { dial } from "./dial.ts";
import {
  ACCESS_DENIED,
  groupNumbers,
  type GroupServiceOptions,
  serveGroups,
  TOO_MANY_MEMBERS,
  WELCOME,
} from "./group-auth.ts";
import { listen } from "./listen.ts";
import type { Listener, OnConn } from "./listener.ts";
import { NetError } from "./net-error.ts";
import { pipe } from "./pipe.ts";

const GROUP = 7;

/** A Listener that is told whom it accepts. */
class Door implements Listener {
  readonly network = "unix";
  readonly local = new UnixAddress("@door");
  readonly open = 0;
  private onConn: OnConn = () => undefined;

  serve(onConn: OnConn): void {
    this.onConn = onConn;
  }

  /** The peer's end of a new connection of a process in some groups, and what serving it threw. */
  enter(peerGroups: () => readonly number[] = () => [GROUP]): { readonly peer: Conn; readonly thrown: unknown } {
    const [peer, conn] = pipe();
    const unix = { peerCredentials: () => ({ pid: 1, uid: 1, gid: 1 }), peerGroups };
    try {
      this.onConn(Object.assign(conn, { unix }));
      return { peer, thrown: undefined };
    } catch (thrown) {
      return { peer, thrown };
    }
  }

  async accept(): Promise<null> {
    return null;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Conn, void, void> {
    // It has none.
  }

  async close(): Promise<void> {
    // It holds nothing.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function serving(options: Partial<GroupServiceOptions>): {
  readonly door: Door;
  readonly service: ReturnType<typeof serveGroups>;
} {
  const door = new Door();
  return { door, service: serveGroups(door, { groups: new Set([GROUP]), ...options }) };
}

async function textOf(conn: Conn): Promise<string> {
  return Buffer.concat(await Array.fromAsync(conn)).toString();
}

test("groupNumbers takes digits for a number, as far as groups have numbers", () => {
  const names = ["0", "root", "4294967294", "4294967295", "4294967296", "-1", "no-such-group"];
  expect(groupNumbers(names)).toEqual({
    groups: new Set([0, 4_294_967_294]),
    unknown: ["4294967295", "4294967296", "-1", "no-such-group"],
  });
});

describe("serveGroups", () => {
  test("what onMember throws is no refusal: nobody is told of it but who serves, and the connection is over", async () => {
    const bug = new TypeError("a bug");
    const denied: unknown[] = [];
    const { door, service } = serving({
      onMember: () => {
        throw bug;
      },
      onDenied: (_conn, error) => void denied.push(error),
    });
    const { peer, thrown } = door.enter();
    expect(thrown).toBe(bug);
    const text = await textOf(peer).catch((error: unknown) => (error as NetError).code);
    expect(text).not.toContain(ACCESS_DENIED);
    expect([denied, service.members]).toEqual([[], 0]);
  });

  test("who is denied is disconnected, whatever onDenied throws", async () => {
    const bug = new TypeError("a bug");
    const { door } = serving({
      onDenied: () => {
        throw bug;
      },
    });
    const { peer, thrown } = door.enter(() => [GROUP + 1]);
    expect(thrown).toBe(bug);
    expect(await textOf(peer)).toBe(ACCESS_DENIED);
  });

  test("where the system cannot say who the peer is, it is denied, and the reason told", async () => {
    const reason = new NetError({ op: "getsockopt", network: "unix", code: "EINVAL" });
    const denied: unknown[] = [];
    const { door } = serving({ onDenied: (_conn, error) => void denied.push(error) });
    const { peer } = door.enter(() => {
      throw reason;
    });
    expect(await textOf(peer)).toBe(ACCESS_DENIED);
    expect(denied).toEqual([reason]);
  });

  test.each([undefined, (): void => undefined])("no more than maxMembers, until one leaves", async (onMember) => {
    const denied: (NetError | undefined)[] = [];
    const { door, service } = serving({ maxMembers: 2, onMember, onDenied: (_conn, error) => void denied.push(error) });
    const first = door.enter().peer;
    const second = door.enter().peer;
    expect(await textOf(door.enter().peer)).toBe(TOO_MANY_MEMBERS);
    expect(denied.map((error) => [error?.code, error?.hint])).toEqual([
      ["ECONNREFUSED", "2 members are connected, which is as many as are let in (maxMembers)"],
    ]);
    expect(service.members).toBe(2);
    first.abort();
    await new Promise((resolve) => void setImmediate(resolve));
    expect(service.members).toBe(1);
    const third = door.enter().peer;
    expect(Buffer.from((await third.read())!).toString()).toBe(WELCOME);
    second.abort();
    third.abort();
  });
});

describe("serveGroups on a Unix listener", () => {
  const folder = mkdtempSync(join(tmpdir(), "group-auth-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("counts a member down when it leaves", async () => {
    const listener = await listen("unix", join(folder, "s"));
    await using service = serveGroups(listener, { groups: new Set([process.getegid!()]), maxMembers: 1 });
    for (let round = 0; round < 3; round++) {
      const conn = await dial("unix", join(folder, "s"));
      expect(Buffer.from((await conn.read())!).toString()).toBe(WELCOME);
      expect(service.members).toBe(1);
      await conn.closeWrite();
      expect(await conn.read()).toBe(null);
      await conn.close();
      while (service.members > 0) await new Promise((resolve) => void setImmediate(resolve));
    }
  });
});
