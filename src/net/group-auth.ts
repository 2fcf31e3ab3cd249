import { groupNumber } from "./accounts.ts";
import type { Conn } from "./conn.ts";
import type { Listener } from "./listener.ts";
import { NetError } from "./net-error.ts";

/** What a member is greeted with; the connection stays open. */
export const WELCOME = "Welcome\n";
/** What anybody else is told; the connection is closed then. */
export const ACCESS_DENIED = "Access denied\n";
/** What a member is told who comes when `maxMembers` are there; the connection is closed then. */
export const TOO_MANY_MEMBERS = "Too many members\n";

const DEFAULT_MAX_MEMBERS = 512;

const encoder = new TextEncoder();

/** Who is let in by `serveGroups`, and who is told. */
export interface GroupServiceOptions {
  /** Numbers of the groups whose members are let in. Empty: nobody is, not even root. */
  readonly groups: ReadonlySet<number>;
  /** Most members at a time, so that no member who connects again and again takes all the process's descriptors. Default 512. */
  readonly maxMembers?: number | undefined;
  /**
   * Takes each member's connection, after `Welcome` was sent to it. Must not throw: the connection is aborted then. Default: it stays open, and what comes is thrown away, until the
   * peer ends it.
   */
  readonly onMember?: ((conn: Conn) => void) | undefined;
  /** Told of everybody who is turned away, and why where it was not for their groups: ECONNREFUSED beyond `maxMembers`. Must not throw. The connection is closed afterwards in any case. */
  readonly onDenied?: ((conn: Conn, error?: NetError) => void) | undefined;
}

/** An authentication service that runs. */
export interface GroupService extends AsyncDisposable {
  /** Members whose connections are open, those that `onMember` took included. */
  readonly members: number;
  /** Closes the listener and the connections that it keeps open itself. Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves only members of the allowed groups on a Unix stream listener. A peer is a member when its process was in one of the groups when it connected: its effective or a supplementary
 * group, asked of the kernel. What the user database says of its user counts for nothing, so that a process that has given up a group is out, and one that was given it
 * (setpriv, newgrp, a service's SupplementaryGroups) is in. On a listener that is no Unix socket, and where the system cannot say who the peer is, everybody is denied.
 *
 * @example
 * const listener = await listen("unix", "/run/app/creds.sock", { mode: 0o666 });
 * await using service = serveGroups(listener, { groups: groupNumbers(["adm"]).groups });
 */
export function serveGroups(listener: Listener, options: GroupServiceOptions): GroupService {
  return new GroupDoor(listener, options);
}

class GroupDoor implements GroupService {
  private readonly listener: Listener;
  private readonly options: GroupServiceOptions;
  private readonly connected = new Set<Conn>();

  constructor(listener: Listener, options: GroupServiceOptions) {
    this.listener = listener;
    this.options = options;
    listener.serve((conn) => this.opened(conn));
  }

  get members(): number {
    return this.connected.size;
  }

  async close(): Promise<void> {
    await this.listener.close();
    if (this.options.onMember !== undefined) return;
    await Promise.all([...this.connected].map(async (conn) => conn.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private opened(conn: Conn): void {
    let member: boolean;
    try {
      member = isMember(conn, this.options.groups);
    } catch (error) {
      return this.turnAway(conn, ACCESS_DENIED, error as NetError);
    }
    if (!member) this.turnAway(conn, ACCESS_DENIED);
    else if (this.members >= this.maxMembers) this.turnAway(conn, TOO_MANY_MEMBERS, this.full(conn));
    else this.welcome(conn);
  }

  private get maxMembers(): number {
    return this.options.maxMembers ?? DEFAULT_MAX_MEMBERS;
  }

  private full({ network, remote }: Conn): NetError {
    const hint = `${this.maxMembers} members are connected, which is as many as are let in (maxMembers)`;
    return new NetError({ op: "accept", network, code: "ECONNREFUSED", remote, hint });
  }

  private turnAway(conn: Conn, answer: string, error?: NetError): void {
    conn.send(encoder.encode(answer));
    try {
      this.options.onDenied?.(conn, error);
    } finally {
      void conn.close();
    }
  }

  private welcome(conn: Conn): void {
    this.connected.add(conn);
    void conn.done.then(() => this.connected.delete(conn));
    conn.send(encoder.encode(WELCOME));
    try {
      (this.options.onMember ?? keepOpen)(conn);
    } catch (error) {
      conn.abort();
      throw error;
    }
  }
}

/** Throws away what comes until the peer ends it. */
function keepOpen(conn: Conn): void {
  conn.attach({
    data: () => undefined,
    drain: () => undefined,
    end: () => void conn.close(),
    close: () => undefined,
    timeout: () => undefined,
  });
}

/** Whether the peer is in one of the groups. Throws NetError where the system cannot say. */
function isMember(conn: Conn, groups: ReadonlySet<number>): boolean {
  return groups.size > 0 && conn.unix !== undefined && conn.unix.peerGroups().some((group) => groups.has(group));
}

/** What `groupNumbers` found. */
export interface GroupNumbers {
  readonly groups: ReadonlySet<number>;
  /** Names that there are no groups of. */
  readonly unknown: readonly string[];
}

/** The system's groups have 32 bits, of which the highest number stands for none. */
const MAX_GROUP = 0xffff_fffe;

function idIn(digits: string): number | undefined {
  const number = Number(digits);
  return number <= MAX_GROUP ? number : undefined;
}

/** The numbers of groups by their names in /etc/group (or a file of its form); what is all digits is taken for a number, and is unknown where it is above those that groups have. */
export function groupNumbers(names: Iterable<string>, file = "/etc/group"): GroupNumbers {
  const groups = new Set<number>();
  const unknown: string[] = [];
  for (const name of names) {
    const number = /^\d+$/.test(name) ? idIn(name) : groupNumber(name, file);
    if (number === undefined) unknown.push(name);
    else groups.add(number);
  }
  return { groups, unknown };
}
