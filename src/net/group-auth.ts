import { groupNumber } from "./accounts.ts";
import type { Conn } from "./conn.ts";
import type { Listener } from "./listener.ts";
import type { NetError } from "./net-error.ts";

/** What a member is greeted with; the connection stays open. */
export const WELCOME = "Welcome\n";
/** What anybody else is told; the connection is closed then. */
export const ACCESS_DENIED = "Access denied\n";

const encoder = new TextEncoder();

/** Who is let in by `serveGroups`, and who is told. */
export interface GroupServiceOptions {
  /** Numbers of the groups whose members are let in. Empty: nobody is, not even root. */
  readonly groups: ReadonlySet<number>;
  /** Takes each member's connection, after `Welcome` was sent to it. Default: it stays open, and what comes is thrown away, until the peer ends it. */
  readonly onMember?: ((conn: Conn) => void) | undefined;
  /** Told of everybody who is turned away, and why where it was not for their groups. */
  readonly onDenied?: ((conn: Conn, error?: NetError) => void) | undefined;
}

/** An authentication service that runs. */
export interface GroupService extends AsyncDisposable {
  /** Members whose connections it keeps open. */
  readonly members: number;
  /** Closes the listener and the connections that it keeps open. Idempotent. */
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
  private readonly kept = new Set<Conn>();

  constructor(listener: Listener, options: GroupServiceOptions) {
    this.listener = listener;
    this.options = options;
    listener.serve((conn) => this.opened(conn));
  }

  get members(): number {
    return this.kept.size;
  }

  async close(): Promise<void> {
    await this.listener.close();
    await Promise.all([...this.kept].map(async (conn) => conn.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private opened(conn: Conn): void {
    const { groups, onDenied, onMember } = this.options;
    let error: NetError | undefined;
    try {
      if (isMember(conn, groups)) {
        conn.send(encoder.encode(WELCOME));
        if (onMember === undefined) this.keep(conn);
        else onMember(conn);
        return;
      }
    } catch (thrown) {
      error = thrown as NetError;
    }
    conn.send(encoder.encode(ACCESS_DENIED));
    onDenied?.(conn, error);
    void conn.close();
  }

  private keep(conn: Conn): void {
    this.kept.add(conn);
    conn.attach({
      data: () => undefined,
      drain: () => undefined,
      end: () => void conn.close(),
      close: () => void this.kept.delete(conn),
      timeout: () => undefined,
    });
  }
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

/** The numbers of groups by their names in /etc/group (or a file of its form); what is all digits is taken for a number. */
export function groupNumbers(names: Iterable<string>, file = "/etc/group"): GroupNumbers {
  const groups = new Set<number>();
  const unknown: string[] = [];
  for (const name of names) {
    const number = /^\d{1,10}$/.test(name) ? Number(name) : groupNumber(name, file);
    if (number === undefined) unknown.push(name);
    else groups.add(number);
  }
  return { groups, unknown };
}
