import { FFIType } from "bun:ffi";
import { closeDescriptor, duplicateDescriptor } from "./descriptor.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { SOCKET_CLOEXEC, SOCKET_TYPE } from "./make-socket.ts";
import { MESSAGE_FLAGS } from "./message.ts";
import { makeSocketPair } from "./socket-pair.ts";
import { check } from "./system-error.ts";

const symbols = libc({
  dup3: { args: ["i32", "i32", "i32"], returns: "i32" },
  send: { args: ["i32", "ptr", "usize", "i32"], returns: FFIType.i64_fast },
});

/** What the bell's clapper is: one byte, again and again. */
const STROKE: Uint8Array = allocate(1);

type RawSocket = Bun.Socket & { readonly fd: number };

/**
 * Makes the runtime's own loop tell when an epoll descriptor has something ready, which the runtime has no call for: the way that stands in where LoopDoor has none.
 *
 * The runtime is given a socket whose descriptor number at first stands for the epoll descriptor, so that its loop waits for that one. Then the number is made to
 * stand for one end of a socket pair in which a byte lies. The loop goes on waiting for the epoll descriptor, as epoll(7) defines: it waits for what was open at the number
 * when it was added, until the last descriptor of that is closed. When it is ready, the runtime reads the number, finds the byte and calls back; the byte is put back.
 *
 * An epoll descriptor never has an error or a hang-up, and only this thread holds it: nothing but the byte can reach the runtime's socket.
 */
export class LoopBell {
  private readonly ready: () => void;
  private readonly clapper: number;
  private raw: RawSocket | undefined = undefined;

  /** `ready` is called while something is ready, once in each turn of the loop. It hangs for as long as the thread lives. Throws SystemError: EMFILE. */
  constructor(epoll: number, ready: () => void) {
    this.ready = ready;
    const [bell, clapper] = makeSocketPair(SOCKET_TYPE.datagram);
    this.clapper = clapper;
    try {
      this.hang(epoll, bell);
    } catch (error) {
      closeDescriptor(clapper);
      throw error;
    } finally {
      closeDescriptor(bell);
    }
    this.lift();
  }

  /** Whether the process lives on for it. It does at first. */
  keepsAlive(does: boolean): void {
    if (does) this.raw?.ref();
    else this.raw?.unref();
  }

  private hang(epoll: number, bell: number): void {
    const fd = duplicateDescriptor(epoll);
    const options = { fd, data: undefined, socket: this.handlers() };
    // The types of Bun.connect do not know `fd`, which it takes.
    const connected = Bun.connect(options as unknown as Bun.TCPSocketConnectOptions);
    connected.catch(() => undefined);
    const { raw } = this;
    if (raw === undefined) throw new Error("the runtime did not take a descriptor at once");
    check("dup3", () => symbols().dup3(bell, raw.fd, SOCKET_CLOEXEC));
  }

  private handlers(): Bun.SocketHandler {
    return {
      open: (raw) => {
        this.raw = raw as RawSocket;
      },
      data: () => {
        this.lift();
        this.ready();
      },
      error: () => undefined,
      close: () => undefined,
    };
  }

  private lift(): void {
    symbols().send(this.clapper, STROKE, 1, MESSAGE_FLAGS.DONTWAIT);
  }
}
