import { UnixAddress } from "../../addr/index.ts";
import type { TimerWheel } from "../../clock/index.ts";
import type { Endpoint, Packet, PacketConn } from "../../net/index.ts";
import type { ByteInput } from "./byte-input.ts";
import type { ByteOutput } from "./byte-output.ts";
import { PacketCutter } from "./packet-cutter.ts";
import { Session, type SessionLimits } from "./session.ts";

/** How packets are joined with stdin and stdout. */
export interface PacketSessionOptions extends SessionLimits {
  readonly wheel: TimerWheel;
  /** Whether a line of stdin is a packet and a packet a line of stdout; else packets are made of what comes, as it comes. */
  readonly lines: boolean;
  /** Most bytes of a packet that is no line. */
  readonly size: number;
  /** Whom stdin is sent to, where the PacketConn has no peer of its own. Absent: whoever sends first, and stdin is not read before. */
  readonly to?: Endpoint | undefined;
  /** Whether everybody is heard; else, without a peer of its own, the first who sends, and nobody else. Stdin then goes to who sent last, or `to`. */
  readonly everybody: boolean;
  /** Hears each packet that came or went. */
  readonly onPacket?: ((direction: "inbound" | "outbound", peer: Endpoint, data: Uint8Array) => void) | undefined;
  /** Says what does not end the session. */
  readonly warn: (text: string) => void;
}

const NEWLINE: Uint8Array = new Uint8Array([0x0a]);

/** Joins a PacketConn with stdin and stdout. Datagrams have no end: the session ends when stdin has and silence follows; a unixpacket also when its peer closes. */
export class PacketSession extends Session {
  private readonly conn: PacketConn;
  private readonly options: PacketSessionOptions;
  private readonly cutter: PacketCutter;
  private peer: Endpoint | undefined;
  private readonly ignored = new Set<string>();
  private inputAsked = false;

  /** It owns the PacketConn. */
  constructor(conn: PacketConn, input: ByteInput, output: ByteOutput, options: PacketSessionOptions) {
    super(options.wheel, input, output, options);
    this.conn = conn;
    this.options = options;
    this.cutter = new PacketCutter(options.lines, options.size);
    this.peer = conn.remote ?? options.to;
  }

  async chunk(bytes: Uint8Array): Promise<void> {
    try {
      for (const packet of this.cutter.cut(bytes)) await this.transmit(packet);
    } catch (error) {
      this.fail(error);
    }
  }

  end(error?: unknown): void {
    if (error === undefined) void this.endInput();
    else this.fail(error);
  }

  protected begin(): void {
    if (this.peer !== undefined) this.askInput();
    void this.receive();
  }

  protected async close(): Promise<void> {
    await this.conn.close();
  }

  protected abort(): void {
    void this.conn.close();
  }

  private async endInput(): Promise<void> {
    const rest = this.cutter.rest();
    try {
      if (rest !== undefined) await this.transmit(rest);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.sideEnded();
  }

  private async transmit(data: Uint8Array): Promise<void> {
    const { conn, peer } = this;
    if (peer === undefined || this.isOver) return;
    this.moved();
    await conn.send(data, conn.remote === undefined ? peer : undefined);
    this.options.onPacket?.("outbound", peer, data);
    this.moved();
  }

  private async receive(): Promise<void> {
    while (!this.isOver) {
      const packet = await this.next();
      if (packet === undefined) continue;
      if (packet === null) break;
      try {
        if (!(await this.take(packet))) return;
      } catch (error) {
        this.fail(error);
      }
    }
    await this.finish();
  }

  /** The next packet, null at the end, undefined when something failed that others need not care about. */
  private async next(): Promise<Packet | null | undefined> {
    try {
      return await this.conn.recv();
    } catch (error) {
      if (this.conn.remote !== undefined || this.conn.closed) this.fail(error);
      else this.options.warn(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** False when the session is over. */
  private async take({ data, from, truncated }: Packet): Promise<boolean> {
    if (!this.accepts(from)) return true;
    if (truncated)
      this.options.warn(`a packet of ${from.toString() || "an unbound peer"} was too long: its end is lost`);
    this.options.onPacket?.("inbound", from, data);
    return this.put(this.options.lines ? asLine(data) : data);
  }

  /** Whether it is heard; the first one becomes the peer. */
  private accepts(from: Endpoint): boolean {
    const { everybody, to } = this.options;
    if (this.conn.remote !== undefined) return true;
    if (this.peer === undefined || (everybody && to === undefined)) this.answer(from);
    if (everybody || this.peer === undefined || this.peer.toString() === from.toString()) return true;
    this.ignore(from);
    return false;
  }

  /** Stdin goes to it from now on. */
  private answer(from: Endpoint): void {
    const isFirst = this.peer === undefined;
    this.peer = from;
    if (from instanceof UnixAddress && from.path === "") {
      if (isFirst) this.cannotAnswer();
      return;
    }
    this.askInput();
  }

  /** Nothing of stdin can go anywhere: it is as if it had ended. */
  private cannotAnswer(): void {
    this.options.warn("the peer is not bound to an address: it cannot be answered");
    this.sideEnded();
  }

  private askInput(): void {
    if (this.inputAsked) return;
    this.inputAsked = true;
    this.input.attach(this);
  }

  private ignore(from: Endpoint): void {
    const name = from.toString();
    if (this.ignored.has(name) || this.ignored.size >= 1000) return;
    this.ignored.add(name);
    this.options.warn(`${name} is not heard while ${this.peer?.toString()} is (--keep-open hears everybody)`);
  }
}

/** A packet as a line, unless it ends as one already. */
function asLine(data: Uint8Array): Uint8Array {
  return data.at(-1) === 0x0a ? data : Buffer.concat([data, NEWLINE]);
}
