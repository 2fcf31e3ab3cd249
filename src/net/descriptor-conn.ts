import { fstatSync } from "node:fs";
import {
  closeDescriptor,
  controlSpace,
  descriptorControl,
  descriptorsIn,
  ERRNO,
  isRecordsEnd,
  MESSAGE_FLAGS,
  type Readiness,
  type ReceivedMessage,
  receiveMessage,
  sendMessage,
  SystemError,
  watchReadiness,
} from "../sys/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import { copyBytes } from "../bytes/index.ts";
import type { WaitOptions } from "./conn.ts";
import { NetError, type NetErrorCode } from "./net-error.ts";
import { failedBefore, Pending, type WaitFailure } from "./pending.ts";
import { threadWheel } from "./runtime.ts";
import { fromSystemError } from "./system-error.ts";
import { SocketUnix, type UnixControl } from "./unix-control.ts";

/** Descriptors that one message carries at most (SCM_MAX_FD of the kernel). */
export const MAX_DESCRIPTORS = 253;

/** Bytes that one receive takes at most; longer records of a unixpacket are cut, and the receive fails. */
const ROOM = 256 * 1024;
const CONTROL_ROOM: number = controlSpace(4 * MAX_DESCRIPTORS);

/** What came, with the descriptors that came with its first byte. */
export interface DescriptorMessage {
  readonly data: Uint8Array;
  /** The receiver's own: to be closed, or handed on. They are not inherited by programs that are started. */
  readonly descriptors: readonly number[];
}

let room: Uint8Array | undefined;

/**
 * A Unix socket over which descriptors are passed. It is read here and not by the runtime, which would let the system close every descriptor that comes: a Conn of `dial` or `listen` can never
 * receive one. Nothing is read before somebody asks, so that no descriptor is open that nobody knows of.
 *
 * On a stream the bytes of one `send` may come in several receives and those of several sends in one; but descriptors always come with the first byte of what they were sent with. A
 * unixpacket keeps the sends apart; it may give empty records, of a peer of another kind, but one directly before the peer's close is taken for the end.
 */
export class DescriptorConn implements AsyncDisposable {
  /** "unix" or "unixpacket". */
  readonly network: string;
  readonly fd: number;
  private readonly wheel: TimerWheel;
  private readonly readiness: Readiness;
  private receiving: Pending<DescriptorMessage | null> | undefined = undefined;
  private sending: { readonly pending: Pending<void>; readonly turn: () => void } | undefined = undefined;
  private isClosed = false;

  /** Takes over a connected socket, such as one that was inherited. It must not block, and nobody else may read it. Throws NetError. */
  constructor(fd: number, network = "unix", wheel: TimerWheel = threadWheel()) {
    this.fd = fd;
    this.network = network;
    this.wheel = wheel;
    try {
      this.readiness = watchReadiness(fd, () => this.ready());
    } catch (error) {
      throw fromSystemError(error, { op: "open", network });
    }
  }

  get closed(): boolean {
    return this.isClosed;
  }

  get unix(): UnixControl {
    return new SocketUnix(this);
  }

  /**
   * Sends bytes, at least one, and with them up to 253 descriptors, which stay the sender's. Resolves when all of it has been taken. Throws NetError: EINVAL, EBADF for one that is not open, EPIPE
   * when the peer is gone. Cut half-way, as `bytesWritten` then says, a stream is of no more use.
   */
  async send(data: Uint8Array, descriptors: readonly number[] = [], options?: WaitOptions): Promise<void> {
    if (this.isClosed) throw this.fail("send", "EBADF");
    if (data.length === 0) throw this.fail("send", "EINVAL", "descriptors go with at least one byte");
    if (descriptors.length > MAX_DESCRIPTORS)
      throw this.fail("send", "EINVAL", `a message carries at most ${MAX_DESCRIPTORS} descriptors`);
    if (this.sending !== undefined) throw this.fail("send", "EBUSY", "await the send before this one");
    const before = failedBefore(options, this.wheel);
    if (before !== undefined) throw this.waitFailure("send", before);
    return this.sendAll(data, descriptors, options);
  }

  /**
   * Resolves to what comes next, or null at the end. One receive at a time. Throws NetError: EMFILE when descriptors that came could not be opened here, after those that could have been closed
   * again; EMSGSIZE for a record over 256 KiB, likewise.
   */
  async receive(options?: WaitOptions): Promise<DescriptorMessage | null> {
    if (this.receiving !== undefined) throw this.fail("receive", "EBUSY", "await the receive before this one");
    if (this.isClosed) return null;
    const before = failedBefore(options, this.wheel);
    if (before !== undefined) throw this.waitFailure("receive", before);
    const now = this.take();
    if (now !== undefined) return now;
    this.receiving = new Pending<DescriptorMessage | null>(options, this.wheel, (why) => {
      const { receiving } = this;
      this.receiving = undefined;
      receiving?.reject(this.waitFailure("receive", why));
    });
    return this.receiving.promise;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DescriptorMessage, void, void> {
    for (let message = await this.receive(); message !== null; message = await this.receive()) yield message;
  }

  /** Closes it. A receive that waits ends with null, a send with ECANCELED. Idempotent. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.readiness.close();
    closeDescriptor(this.fd);
    this.receiving?.resolve(null);
    this.sending?.pending.reject(this.fail("send", "ECANCELED", "it was closed"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Lets the process end although it is open, until `ref`. */
  unref(): void {
    this.readiness.unref();
  }

  ref(): void {
    this.readiness.ref();
  }

  private ready(): void {
    this.sending?.turn();
    const { receiving } = this;
    if (receiving === undefined || this.isClosed) return;
    try {
      const message = this.take();
      if (message === undefined) return;
      this.receiving = undefined;
      receiving.resolve(message);
    } catch (error) {
      this.receiving = undefined;
      receiving.reject(error as NetError);
    }
  }

  /** What is there; null at the end, undefined for nothing yet. Throws NetError. */
  private take(): DescriptorMessage | null | undefined {
    room ??= new Uint8Array(new ArrayBuffer(ROOM));
    const flags = MESSAGE_FLAGS.CMSG_CLOEXEC | MESSAGE_FLAGS.DONTWAIT;
    const message = receiveMessage(this.fd, room, { controlCapacity: CONTROL_ROOM, flags });
    if (message.length === -ERRNO.EAGAIN) return undefined;
    if (message.length < 0) throw this.systemFailure("receive", message.length);
    const descriptors = descriptorsIn(message.control);
    const code = lossOf(message);
    if (code !== undefined) {
      for (const fd of descriptors) closeDescriptor(fd);
      throw this.fail("receive", code[0], code[1]);
    }
    if (message.length === 0 && descriptors.length === 0 && this.isAtEnd()) return null;
    return { data: copyBytes(room, 0, message.length), descriptors };
  }

  /** Whether a receive that gave nothing was at the end: a unixpacket has empty records, too. */
  private isAtEnd(): boolean {
    return this.network !== "unixpacket" || isRecordsEnd(this.fd);
  }

  private async sendAll(
    data: Uint8Array,
    descriptors: readonly number[],
    options: WaitOptions | undefined,
  ): Promise<void> {
    let sent = 0;
    const step = (): boolean => {
      while (sent < data.length) {
        const taken = sendMessage(this.fd, data.subarray(sent), {
          control: sent === 0 ? descriptorControl(descriptors) : [],
          flags: MESSAGE_FLAGS.NOSIGNAL | MESSAGE_FLAGS.DONTWAIT,
        });
        if (taken === -ERRNO.EAGAIN) return false;
        if (taken < 0)
          throw this.systemFailure("send", taken, sent, taken === -ERRNO.EBADF ? notOpen(descriptors) : undefined);
        sent += taken;
      }
      return true;
    };
    if (step()) return;
    await this.waitToSend(step, () => sent, options);
  }

  private async waitToSend(step: () => boolean, sent: () => number, options: WaitOptions | undefined): Promise<void> {
    const over = (): void => {
      this.sending = undefined;
      this.readiness.watchWritable(false);
    };
    const pending = new Pending<void>(options, this.wheel, (why) => {
      over();
      pending.reject(this.waitFailure("send", why, sent()));
    });
    const turn = (): void => {
      try {
        if (!step()) return;
        over();
        pending.resolve();
      } catch (error) {
        over();
        pending.reject(error as NetError);
      }
    };
    this.sending = { pending, turn };
    this.readiness.watchWritable(true);
    return pending.promise;
  }

  private fail(op: string, code: NetErrorCode, hint?: string): NetError {
    return new NetError({ op, network: this.network, code, hint });
  }

  private waitFailure(op: string, why: WaitFailure, bytesWritten?: number): NetError {
    return new NetError({ op, network: this.network, bytesWritten, ...why });
  }

  private systemFailure(op: string, errno: number, bytesWritten?: number, hint?: string): NetError {
    return fromSystemError(new SystemError(op, -errno), { op, network: this.network, bytesWritten, hint });
  }
}

/** What to say of descriptors of which the system refused one. */
function notOpen(descriptors: readonly number[]): string | undefined {
  for (const fd of descriptors) {
    try {
      fstatSync(fd);
    } catch {
      return `descriptor ${fd} is not open`;
    }
  }
  return undefined;
}

/** Whether something of a message was lost: then none of its descriptors can be trusted to be the ones that were meant. */
function lossOf({ flags }: ReceivedMessage): readonly [NetErrorCode, string] | undefined {
  if ((flags & MESSAGE_FLAGS.CTRUNC) !== 0)
    return ["EMFILE", "not all descriptors that came could be opened here, and those that could were closed again"];
  if ((flags & MESSAGE_FLAGS.TRUNC) !== 0) return ["EMSGSIZE", `the record is longer than ${ROOM} bytes`];
  return undefined;
}
