import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { closeDescriptor } from "./descriptor.ts";
import { controlEpoll, EPOLL_EVENT, EPOLL_OPERATION, makeEpoll } from "./epoll.ts";
import { libc } from "./libc.ts";
import { LoopBell } from "./loop-bell.ts";
import { makeSocket, SOCKET_CLOEXEC, SOCKET_TYPE } from "./make-socket.ts";
import { AF_INET } from "./socket-address.ts";
import { check } from "./system-error.ts";

const symbols = libc({
  dup3: { args: ["i32", "i32", "i32"], returns: "i32" },
});

/**
 * An epoll set inside this thread's event loop: `onReady` is called by the loop in each turn as long as a descriptor in the set is ready.
 *
 * The runtime watches only sockets that it reads itself. So it is given a datagram socket, whose place (its descriptor number, and its entry in the loop's own
 * epoll set) an epoll set takes at once: the runtime is woken for it, finds that it cannot be received from (ENOTSOCK), and says so to the `error` handler,
 * which is the wake-up: 1 µs less than a LoopBell, which stands in where this way is closed (/proc is not mounted, or the runtime has changed). A test holds
 * the runtime to all of this.
 */
export class LoopDoor {
  /** The epoll set. */
  readonly epoll: number;
  /** Whether a LoopBell stands in. */
  readonly isBell: boolean;
  onReady: () => void = nothing;
  private readonly raw: Promise<Holdable>;

  /** `bell`: takes a LoopBell without trying. Throws SystemError: EMFILE. */
  constructor(bell = false) {
    const opened = bell ? undefined : this.byPlace();
    this.isBell = opened === undefined;
    this.epoll = opened?.fd ?? makeEpoll();
    this.raw = opened?.raw ?? Promise.resolve(this.byBell(this.epoll));
  }

  /** Whether the process stays alive for it. */
  hold(holds: boolean): void {
    void this.raw.then((raw) => (holds ? raw.ref() : raw.unref()));
  }

  private byPlace(): { readonly fd: number; readonly raw: Promise<Holdable> } | undefined {
    const fd = makeSocket(AF_INET, SOCKET_TYPE.datagram);
    // The types of Bun.udpSocket do not know `fd`, which it takes.
    const options = { fd, socket: { data: nothing, drain: nothing, error: () => this.onReady() } };
    const raw = Bun.udpSocket(options as unknown as Bun.udp.SocketOptions<"buffer">);
    if (takePlace(fd)) return { fd, raw };
    void raw.then((socket) => socket.close());
    return undefined;
  }

  private byBell(epoll: number): Holdable {
    const bell = new LoopBell(epoll, () => this.onReady());
    return { ref: () => bell.keepsAlive(true), unref: () => bell.keepsAlive(false) };
  }
}

/** What keeps the process alive, or not. */
interface Holdable {
  ref(): void;
  unref(): void;
}

function nothing(): void {
  // Nobody waits.
}

/** The loop's own epoll set, once it was found. */
let loopEpoll: number | undefined;

/** Puts a new epoll set in the place of the socket `fd`, in the table of descriptors and in the loop; returns whether it could. */
function takePlace(fd: number): boolean {
  const data = entryOf(fd);
  if (data === undefined || loopEpoll === undefined) return false;
  const epoll = makeEpoll();
  check("dup3", () => symbols().dup3(epoll, fd, SOCKET_CLOEXEC));
  closeDescriptor(epoll);
  // The socket left the loop when its last descriptor closed; the set comes in its place, with the runtime's own mark.
  controlEpoll(loopEpoll, EPOLL_OPERATION.add, fd, EPOLL_EVENT.in, data);
  return true;
}

/** What the loop's epoll set carries for a descriptor. */
function entryOf(fd: number): bigint | undefined {
  if (loopEpoll !== undefined) return markOf(loopEpoll, fd);
  for (const epoll of epollSets()) {
    const data = markOf(epoll, fd);
    if (data === undefined) continue;
    loopEpoll = epoll;
    return data;
  }
  return undefined;
}

function epollSets(): number[] {
  if (!existsSync("/proc/self/fd")) return [];
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => isEpoll(fd));
}

function isEpoll(fd: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === "anon_inode:[eventpoll]";
  } catch {
    // The descriptor that listed them.
    return false;
  }
}

function markOf(epoll: number, fd: number): bigint | undefined {
  const entries = readFileSync(`/proc/self/fdinfo/${epoll}`, "utf8");
  const mark = new RegExp(String.raw`^tfd:\s*${fd} events:\s*[0-9a-f]+ data:\s*([0-9a-f]+)`, "m").exec(entries)?.[1];
  return mark === undefined ? undefined : BigInt(`0x${mark}`);
}
