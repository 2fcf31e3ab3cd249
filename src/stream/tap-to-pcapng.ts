import { type FileHandle, open } from "node:fs/promises";
import type { Addr } from "../addr/index.ts";
import { type Clock, realClock } from "../clock/index.ts";
import type { Conn, Endpoint } from "../net/index.ts";
import {
  encodePacket,
  type HeaderBuilder,
  ipv4,
  ipv6,
  LINK_TYPE,
  type PacketDirection,
  PcapngWriter,
  SECRETS_TYPE,
  TcpStream,
  udp,
} from "../packet/index.ts";
import { CaptureFileError } from "./capture-file-error.ts";
import { ipEnds } from "./tap-ends.ts";
import type { TapOptions } from "./tap-options.ts";
import { type OutletOptions, TapOutlet } from "./tap-outlet.ts";
import { tap, type TappedConn } from "./tap.ts";

/** More than of other taps: a large `send` passes at once, and its packets must not be taken for a slow file. */
const DEFAULT_MAX_QUEUED = 16 * 1024 * 1024;
/** More that may wait for the file so that it has the ends of streams whose data was dropped: those of some 5,000 streams. */
const ENDS_RESERVE = 4 * 1024 * 1024;
/** What a UDP packet over IPv4 has room for. */
const MOST_DATAGRAM = 65_507;

/** How a capture is made. */
export interface PcapngCaptureOptions extends OutletOptions {
  /** Bytes of packets that may wait for the file; what comes beyond them is dropped. Default 16 MiB. */
  readonly maxQueued?: number | undefined;
  /** By what packets are timed. Default: the machine's clock. */
  readonly clock?: Clock;
  /** What the file says of itself. */
  readonly comment?: string;
  /** The program that the file says it was made by. Default "netwright". */
  readonly application?: string;
}

/** How a capture is made into a file. */
export interface PcapngFileOptions extends PcapngCaptureOptions {
  /** Whether what lies at the path is written over: an older capture, or a FIFO that somebody reads. Default false. */
  readonly overwrite?: boolean | undefined;
}

/** How one Conn is captured. */
export interface PcapngTapOptions {
  /** Whether this side opened the connection. Default true. */
  readonly dialed?: boolean;
  /** The port of the side that was dialed, where the Conn has no IP addresses: by it Wireshark guesses the protocol. Default 80. */
  readonly port?: number;
}

/**
 * A pcapng file of streams: what passes a Conn is written as the TCP packets that could have carried it, with the Conn's addresses, so that Wireshark follows and dissects it. Many Conns share one
 * file. Plain text is captured where it is plain: tap inside TLS, or outside and add the keys by `secrets`.
 *
 * A Conn without IP addresses (a Unix socket, a pipe) gets 192.0.2.1 for this side and 192.0.2.2 for the other, and a port of its own from 49,152 on for the side that dialed; a comment at its first packet tells the true names.
 *
 * Writing never disturbs the traffic. When the file is too slow, packets are dropped whole and counted in it and in `dropped`, ends of streams last; after a write that failed nothing more is written, because the file has
 * a hole then, and `onFailure` hears why.
 *
 * @example
 * await using capture = await PcapngCapture.toFile("debug.pcapng");
 * const conn = capture.tap(await dial("tcp", "example.com:80"));
 */
export class PcapngCapture implements AsyncDisposable {
  private readonly outlet: TapOutlet;
  private readonly write: (bytes: Uint8Array) => void | Promise<void>;
  private readonly clock: Clock;
  /** Nanoseconds of Unix time at the clock's origin: later jumps of the wall clock don't bring packets out of order. */
  private readonly origin: bigint;
  private readonly writer: PcapngWriter;
  private readonly id: number;
  private readonly finish: (() => Promise<void>) | undefined;
  private streams = 0;
  private packets = 0n;
  private lost = 0n;
  private broken = false;
  /** Whether the block that is being written holds a packet. */
  private emitting = false;
  /** Whether what is written now ends a stream. */
  private ending = false;
  private closing: Promise<void> | undefined = undefined;

  /**
   * `write` gets whole blocks, its own to keep; when it returns a promise, the next one waits for it. `finish` is called once, when all is written. The head of the file is written at once.
   */
  constructor(
    write: (bytes: Uint8Array) => void | Promise<void>,
    options: PcapngCaptureOptions = {},
    finish?: () => Promise<void>,
  ) {
    this.write = write;
    this.finish = finish;
    this.outlet = new TapOutlet({ ...options, maxQueued: options.maxQueued ?? DEFAULT_MAX_QUEUED });
    this.clock = options.clock ?? realClock;
    this.origin = nanoseconds(this.clock.wallNow() - this.clock.now());
    const { comment, application = "netwright" } = options;
    // Without its head a file is none, so that it goes out as one piece, which is first and never dropped.
    const head: Uint8Array[] = [];
    let begun = false;
    this.writer = new PcapngWriter((block) => (begun ? this.emit(block) : head.push(block)), {
      application,
      ...(comment === undefined ? {} : { comment }),
    });
    this.id = this.writer.addInterface({ linkType: LINK_TYPE.RAW, name: "tap", description: "streams as TCP packets" });
    begun = true;
    this.emit(concatenated(head));
  }

  /** A capture into a new file that only its owner may read. Rejects with a CaptureFileError when it cannot be opened, or is there already. */
  static async toFile(path: string, options: PcapngFileOptions = {}): Promise<PcapngCapture> {
    const file = await openCapture(path, options.overwrite === true);
    return new PcapngCapture(
      async (block) => writeAll(file, block),
      options,
      async () => file.close(),
    );
  }

  /** Packets that are missing in the file. */
  get dropped(): number {
    return Number(this.lost);
  }

  /** The Conn, with all that passes it written to the file from now on. */
  tap(conn: Conn, options?: PcapngTapOptions): TappedConn {
    return tap(conn, this.listeners(conn, options));
  }

  /**
   * Writes one datagram as the UDP packet that could have carried it, between the ends given or made-up ones as for a Conn; `data` is borrowed. Of a longer one than UDP has room for, the
   * first 65,507 bytes are written, with a comment.
   */
  datagram(direction: PacketDirection, local: Endpoint, remote: Endpoint, data: Uint8Array): void {
    const ends = ipEnds(local, remote, { dialed: true, number: 0, port: undefined });
    const [from, to] = direction === "outbound" ? [ends.local, ends.remote] : [ends.remote, ends.local];
    const header = udp({ sourcePort: from.port, destinationPort: to.port });
    const cut = data.length > MOST_DATAGRAM ? `the first ${MOST_DATAGRAM} of ${data.length} bytes` : undefined;
    const packet = encodePacket([ipHeader(from.addr, to.addr), header], data.subarray(0, MOST_DATAGRAM));
    this.packet(packet, direction, cut);
  }

  /** Writes keys with which what follows can be decrypted: lines of an NSS key log (SSLKEYLOGFILE). Who has the file has the keys. */
  secrets(keyLog: Uint8Array): void {
    if (this.closing === undefined) this.writer.secrets(SECRETS_TYPE.TLS_KEY_LOG, keyLog);
  }

  /** Writes the counts and what waits, and closes the file. What passes the Conns after it is not written. Idempotent; never throws. */
  async close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async end(): Promise<void> {
    await this.outlet.flushed();
    const timestamp = this.now();
    this.writer.statistics({ interface: this.id, timestamp, received: this.packets, dropped: this.lost });
    await this.outlet.flushed();
    if (this.finish === undefined) return;
    this.outlet.push(0, this.finish);
    await this.outlet.flushed();
  }

  private listeners(conn: Conn, options: PcapngTapOptions | undefined): TapOptions {
    let comment: string | undefined = `${conn.network} ${String(conn.local)} ${String(conn.remote)}`;
    const dialed = options?.dialed ?? true;
    const number = this.streams++;
    const ends = ipEnds(conn.local, conn.remote, { dialed, number, port: options?.port });
    // First sequence numbers that differ tell a port that is used again from a repetition.
    const first = Math.imul(number, 0x0100_0193) >>> 0;
    const stream = new TcpStream(
      { ...ends, dialed, sequences: { local: first, remote: first } },
      (packet, direction) => {
        this.packet(packet, direction, comment);
        comment = undefined;
      },
    );
    stream.open();
    return {
      onRead: (bytes) => stream.data("inbound", bytes),
      onWrite: (bytes) => stream.data("outbound", bytes),
      onReadEnd: () => this.asEnd(() => stream.end("inbound")),
      onWriteEnd: () => this.asEnd(() => stream.end("outbound")),
      onClose: (error) => {
        if (error !== undefined) this.asEnd(() => stream.reset(error.code === "ECONNRESET" ? "inbound" : "outbound"));
      },
    };
  }

  private asEnd(write: () => void): void {
    this.ending = true;
    write();
    this.ending = false;
  }

  private packet(data: Uint8Array, direction: PacketDirection, comment: string | undefined): void {
    if (this.closing !== undefined) return;
    this.packets++;
    const more = comment === undefined ? {} : { comment };
    this.emitting = true;
    this.writer.packet({ interface: this.id, timestamp: this.now(), data, direction, ...more });
    this.emitting = false;
  }

  private emit(block: Uint8Array): void {
    const packets = this.emitting ? 1n : 0n;
    const reserve = this.ending ? ENDS_RESERVE : 0;
    const taken = !this.broken && this.outlet.push(block.length, () => this.writeBlock(block, packets), reserve);
    if (!taken) this.lost += packets;
  }

  /** `packets`: how many are lost if it is not written. */
  private writeBlock(block: Uint8Array, packets: bigint): void | Promise<void> {
    if (this.broken) {
      this.lost += packets;
      return;
    }
    try {
      const wait: unknown = this.write(block);
      if (!(wait instanceof Promise)) return;
      return wait.then(
        () => undefined,
        (error: unknown) => this.breaks(error, packets),
      );
    } catch (error) {
      this.breaks(error, packets);
    }
  }

  private breaks(error: unknown, packets: bigint): never {
    this.broken = true;
    this.lost += packets;
    throw error;
  }

  private now(): bigint {
    return this.origin + nanoseconds(this.clock.now());
  }
}

function ipHeader(source: Addr, destination: Addr): HeaderBuilder {
  return source.version === 4 ? ipv4({ source, destination }) : ipv6({ source, destination });
}

async function openCapture(path: string, overwrite: boolean): Promise<FileHandle> {
  try {
    return await open(path, overwrite ? "w" : "wx", 0o600);
  } catch (error) {
    throw new CaptureFileError(path, error);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Milliseconds as nanoseconds, without what a double cannot tell of Unix time. */
function nanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((milliseconds - whole) * 1e6));
}
