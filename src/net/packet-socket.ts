import type { TimerWheel } from "../clock/index.ts";
import { closeDescriptor, ERRNO, SystemError, watchReadiness } from "../sys/index.ts";
import type { WaitOptions } from "./conn.ts";
import { reportCallbackFault } from "./callback-fault.ts";
import type { Endpoint } from "./endpoint.ts";
import { NetError, type NetErrorCode } from "./net-error.ts";
import { inCallback } from "./output.ts";
import type { OutgoingPacket, Packet, PacketConn, PacketSink, PacketTraffic, ReceivedInto } from "./packet-conn.ts";
import { copyInto } from "./packet-receiver.ts";
import { PacketReception, type ReceptionSteps } from "./packet-reception.ts";
import { PacketSends, type SendSteps } from "./packet-sends.ts";
import { failedBefore, type WaitFailure } from "./pending.ts";
import { fromSystemError } from "./system-error.ts";

/** Watches a socket in the thread's loop: sys's Readiness, or what stands in for it. */
export interface SocketWatch {
  watchWritable(on: boolean): void;
  setLevel(on: boolean): void;
  again(): void;
  ref(): void;
  unref(): void;
  close(): void;
}

/**
 * What every PacketConn over a socket has in common: both modes and the switch between them, what waits, deadlines and the end. A kind says how to transmit, receives in `receiveAll`, and reports
 * by `arrived`, `failed` and `peerClosed` what it finds there.
 */
export abstract class PacketSocket implements PacketConn, PacketTraffic {
  packetsReceived = 0;
  packetsSent = 0;
  bytesReceived = 0;
  bytesSent = 0;
  packetsDropped = 0;

  abstract readonly network: string;
  abstract readonly local: Endpoint;
  abstract readonly remote: Endpoint | undefined;
  readonly fd: number;
  protected readonly wheel: TimerWheel;
  private readonly readiness: SocketWatch;
  private sink: PacketSink | undefined = undefined;
  private readonly reception: PacketReception;
  private readonly sends: PacketSends;
  private isClosed = false;
  private closeError: NetError | undefined = undefined;
  /** The peer of a connection sends nothing more. */
  private hasEnded = false;

  /** Takes over a descriptor, which must not block. Throws SystemError when it cannot be watched; it is then still the caller's. */
  constructor(fd: number, wheel: TimerWheel, watch: (fd: number, ready: () => void) => SocketWatch = watchReadiness) {
    this.fd = fd;
    this.wheel = wheel;
    this.reception = new PacketReception(this.receptionSteps(), wheel);
    this.sends = new PacketSends(this.sendSteps(), wheel);
    const ready = (): void => this.ready();
    this.readiness = watch(fd, () => inCallback(ready));
  }

  // ── what a kind provides ───────────────────────────────────────────────────────────────────────────────────────────
  /** Receives until -EAGAIN, or as long as is fair to others and then calls `receiveMore`. It may be closed from inside any report. */
  protected abstract receiveAll(): void;
  /** Sends one datagram without waiting; returns an error number negated when it did not go. `to` and `from` have been checked against `remote`. */
  protected abstract transmit(data: Uint8Array, to: Endpoint | undefined, from: Endpoint | undefined): number;
  /** Sends datagrams in order from `start`, and returns how many went; the reason why the first did not, negated, when none did. */
  protected transmitMany(packets: readonly OutgoingPacket[], start: number): number {
    for (let at = start; at < packets.length; at++) {
      const { data, from, to } = packets[at]!;
      const sent = this.transmit(data, to, from);
      if (sent < 0) return at > start ? at - start : sent;
    }
    return packets.length - start;
  }

  /** Begins or ends to wait for room, which `roomChanged` then reports; `to`: whom the packet is for that had none. Throws SystemError where that cannot be waited for. */
  protected watchRoom(on: boolean, _to: Endpoint | undefined): void {
    this.readiness.watchWritable(on);
  }

  /** Receives up to `max` datagrams that are there and wanted, at once and not in the loop's next turns, for a kind that gets them one a turn. */
  protected receiveNow(_max: number): void {
    // Other kinds have received what there is when they report the first.
  }

  /** Called when somebody receives again, for a kind that stopped because `wantsMore` said so. */
  protected wanted(): void {
    // A kind that never stops has nothing to begin again.
  }

  /** Called once when the descriptor is about to be closed. */
  protected released(): void {
    // A kind with more to give back says how.
  }

  /** What to do about an error of the system, where a kind knows more than others. */
  protected hintFor(_errno: number, _to: Endpoint | undefined): string | undefined {
    return undefined;
  }

  // ── what a kind reports ────────────────────────────────────────────────────────────────────────────────────────────
  /** A datagram came; its bytes are borrowed. */
  protected arrived(data: Uint8Array, from: Endpoint, to: Endpoint | undefined, truncated: boolean): void {
    this.packetsReceived++;
    this.bytesReceived += data.length;
    const { sink } = this;
    if (sink !== undefined) deliver(sink, { data, from, to, truncated });
    else if (!this.reception.take(data, from, to, truncated)) this.packetsDropped++;
  }

  /** The system told of an error, negated: of a datagram sent before that was refused, or of receiving. */
  protected failed(errno: number): void {
    const error = this.systemFailure("recv", errno);
    if (this.sink !== undefined) this.sink.error(error);
    // What throws it next has sent nothing.
    else if (!this.reception.fail(error)) this.reception.keepFailure(this.systemFailure("recv", errno, undefined, 0));
  }

  /** The peer of a connection will send nothing more. */
  protected peerEnded(): void {
    this.hasEnded = true;
    this.reception.end();
    if (this.sink !== undefined && this.reception.inbox.length === 0) void this.close();
  }

  /** It is broken, and closed; what came before can still be received. */
  protected gone(error: NetError): void {
    if (this.isClosed) return;
    this.closeError = error;
    const told = this.reception.fail(error);
    this.shut();
    if (!told && this.sink === undefined) this.reception.keepFailure(error);
  }

  /** There may be room for what waits. */
  protected roomChanged(): void {
    this.sends.roomChanged();
  }

  /** Whether a packet of up to RECORD_MAX bytes would be taken, now or out of a short queue. */
  protected get wantsMore(): boolean {
    if (this.isClosed) return false;
    return this.sink !== undefined || this.reception.hasRoom;
  }

  /** `receiveAll` is called again in the loop's next turn. */
  protected receiveMore(): void {
    this.readiness.again();
  }

  /** Calls `receiveAll` in each turn as long as something is there, or once for each time that something comes. */
  protected setLevel(on: boolean): void {
    this.readiness.setLevel(on);
  }

  // ── PacketConn ─────────────────────────────────────────────────────────────────────────────────────────────────────
  get traffic(): PacketTraffic {
    return this;
  }

  get closed(): boolean {
    return this.isClosed;
  }

  get attached(): boolean {
    return this.sink !== undefined;
  }

  get readDeadline(): number {
    return this.reception.deadline;
  }

  set readDeadline(deadline: number) {
    if (deadline === 0 || !this.isClosed) this.reception.deadline = deadline;
  }

  async recv(options?: WaitOptions): Promise<Packet | null> {
    this.mustBePulled();
    const packet = this.reception.kept(options);
    if (packet !== undefined || this.reception.isOver) return packet ?? null;
    return await this.reception.wait(options).promise;
  }

  async recvBatch(max: number, options?: WaitOptions): Promise<readonly Packet[]> {
    if (!(max >= 1)) throw new RangeError(`a batch has at least 1 packet, not ${max}`);
    const first = await this.recv(options);
    if (first === null) return [];
    // What came together with the first one is in the inbox by now.
    const { inbox } = this.reception;
    if (inbox.length < max - 1) this.receiveNow(max - 1 - inbox.length);
    return [first, ...inbox.take(max - 1)];
  }

  async recvInto(buffer: Uint8Array, options?: WaitOptions): Promise<ReceivedInto | null> {
    this.mustBePulled();
    const packet = this.reception.kept(options);
    if (packet !== undefined) return copyInto(buffer, packet.data, packet.from, packet.truncated);
    return this.reception.isOver ? null : await this.reception.waitInto(buffer, options).promise;
  }

  async send(data: Uint8Array, to?: Endpoint, options?: WaitOptions): Promise<void> {
    this.mustMeetLimits("send", options);
    if (!this.sendNow(data, to)) await this.sends.wait([{ data, to }], 0, options);
  }

  async sendBatch(packets: readonly OutgoingPacket[], options?: WaitOptions): Promise<void> {
    this.mustMeetLimits("send", options);
    for (const { to } of packets) this.mustBeAddressed(to);
    this.throwFailure();
    let sent = 0;
    while (sent < packets.length) {
      const went = this.sends.isEmpty ? this.transmitCounted(packets, sent) : -ERRNO.EAGAIN;
      if (went === -ERRNO.EAGAIN) return await this.sends.wait(packets, sent, options);
      if (went < 0) throw this.systemFailure("send", went, packets[sent]?.to, sent);
      sent += went;
    }
    return undefined;
  }

  trySend(data: Uint8Array, to?: Endpoint): boolean {
    if (this.sendNow(data, to)) return true;
    this.sends.awaitDrain(to);
    return false;
  }

  attach(sink: PacketSink): void {
    if (this.reception.waits) throw this.fail("attach", "EBUSY", "await the receive that is pending");
    if (this.sink !== undefined) throw this.fail("attach", "EBUSY", "detach the sink that is attached");
    this.sink = sink;
    queueMicrotask(() => inCallback(() => this.deliverKept(sink)));
  }

  detach(): void {
    this.sink = undefined;
  }

  async close(): Promise<void> {
    this.reception.clear();
    this.shut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, void> {
    for (let packet = await this.recv(); packet !== null; packet = await this.recv()) yield packet;
  }

  unref(): void {
    this.readiness.unref();
  }

  ref(): void {
    this.readiness.ref();
  }

  private shut(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.readiness.close();
    this.released();
    closeDescriptor(this.fd);
    this.endWaits();
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  protected fail(op: string, code: NetErrorCode, hint?: string): NetError {
    return new NetError({ op, network: this.network, code, hint, local: this.local, remote: this.remote });
  }

  private mustBePulled(): void {
    if (this.sink !== undefined) throw this.fail("recv", "EBUSY", "it is in push mode: detach first");
    if (this.reception.waits) throw this.fail("recv", "EBUSY", "await the receive before this one");
  }

  private throwFailure(): void {
    const failure = this.reception.takeFailure();
    if (failure !== undefined) throw failure;
  }

  private mustMeetLimits(op: string, options: WaitOptions | undefined): void {
    const before = options === undefined ? undefined : failedBefore(options, this.wheel);
    if (before !== undefined) throw this.waitFailure(op, before);
  }

  private mustBeAddressed(to: Endpoint | undefined): void {
    if (this.isClosed) throw this.fail("send", "EBADF");
    if ((to === undefined) === (this.remote !== undefined)) return;
    throw this.fail(
      "send",
      "EINVAL",
      to === undefined ? "say whom to send it to: it is not connected" : "it is connected and sends to its peer alone",
    );
  }

  /** Sends now if that goes; false when there is no room. Throws NetError. */
  private sendNow(data: Uint8Array, to: Endpoint | undefined): boolean {
    this.mustBeAddressed(to);
    this.throwFailure();
    if (!this.sends.isEmpty) return false;
    const sent = this.transmit(data, to, undefined);
    if (sent === -ERRNO.EAGAIN) return false;
    if (sent < 0) throw this.systemFailure("send", sent, to);
    this.packetsSent++;
    this.bytesSent += data.length;
    return true;
  }

  private transmitCounted(packets: readonly OutgoingPacket[], start: number): number {
    const went = this.transmitMany(packets, start);
    for (let at = start; at < start + went; at++) this.bytesSent += packets[at]!.data.length;
    if (went > 0) this.packetsSent += went;
    return went;
  }

  private receptionSteps(): ReceptionSteps {
    return {
      receiveNow: (max) => this.receiveNow(max),
      wanted: () => this.wanted(),
      toldTimeout: () => {
        const { sink } = this;
        sink?.timeout();
        return sink !== undefined;
      },
      ending: (why) => this.waitFailure("recv", why),
    };
  }

  private sendSteps(): SendSteps {
    return {
      transmit: (packets, start) => this.transmitCounted(packets, start),
      watchRoom: (on, to) => this.watchRoom(on, to),
      drained: () => this.sink?.drain(),
      refusal: (cause, to, sent) => this.systemFailure("send", cause, to, sent),
      ending: (why, sent) => this.waitFailure("send", why, sent),
    };
  }

  /** The loop tells that something came, failed, or can be sent. */
  private ready(): void {
    if (!this.isClosed) this.receiveAll();
    this.roomChanged();
  }

  private deliverKept(sink: PacketSink): void {
    while (this.sink === sink) {
      const packet = this.reception.inbox.shift();
      if (packet === undefined) break;
      deliver(sink, packet);
    }
    if (this.sink !== sink) return;
    const failure = this.reception.takeFailure();
    if (failure !== undefined) sink.error(failure);
    if (this.isClosed) this.tellClose();
    else if (this.hasEnded) void this.close();
    else this.wanted();
  }

  private endWaits(): void {
    this.reception.close();
    this.sends.close();
    // No callback runs inside a call.
    if (this.sink !== undefined) queueMicrotask(() => inCallback(() => this.tellClose()));
  }

  private tellClose(): void {
    const { sink } = this;
    this.sink = undefined;
    sink?.close(this.closeError);
  }

  private waitFailure(op: string, why: WaitFailure, packetsSent?: number): NetError {
    return new NetError({ op, network: this.network, local: this.local, remote: this.remote, packetsSent, ...why });
  }

  /** `cause`: an error number negated, or the SystemError of another call. */
  private systemFailure(op: string, cause: unknown, to?: Endpoint, packetsSent?: number): NetError {
    const { local, network } = this;
    const hint = typeof cause === "number" ? this.hintFor(-cause, to) : undefined;
    const error = typeof cause === "number" ? new SystemError(op, -cause) : cause;
    return fromSystemError(error, { op, network, local, remote: to ?? this.remote, hint, packetsSent });
  }
}

/** One packet whose callback throws must not cost those behind it, and a socket that hears everybody is not reset for it. */
function deliver(sink: PacketSink, packet: Packet): void {
  try {
    sink.packet(packet);
  } catch (fault) {
    reportCallbackFault(fault);
  }
}
