import { sleep } from "../../clock/index.ts";
import { type Endpoint, NetError, type PacketConn } from "../../net/index.ts";
import { TokenBucket } from "../../stream/index.ts";
import type { SentFigures, TestPlan } from "./message-wire.ts";
import { writeData } from "./packet-wire.ts";
import type { LoadSender, SenderInit } from "./stream-sender.ts";

/** Where the datagrams of one stream go. */
export interface DatagramWay {
  /** Borrowed. */
  readonly socket: PacketConn;
  /** The stream's number. */
  readonly id: number;
  /** On a socket that is not connected. */
  readonly to?: Endpoint | undefined;
  /** The address that the peer knows us by, on a socket for all addresses. */
  readonly from?: Endpoint | undefined;
}

/** Datagrams that are sent at a time, and their bytes. */
const BATCH = 32;
const BATCH_BYTES = 256 * 1024;
/** What is made up for after the process was held up. */
const CATCH_UP_MS = 200;
/** How much of the rate is sent in a turn: what was missed is not sent in one burst that queues on the way have no room for. Turns are a millisecond apart. */
const TURN_MS = 4;
/** A turn takes no longer, so that others run as well. */
const TURN_MAX_MS = 5;
/** Waiting is no shorter than this: timers have milliseconds. */
const LEAST_WAIT_MS = 1;

/** Sends numbered datagrams at the plan's rate, evenly on all streams, for as long as the plan says. */
export class DatagramSender implements LoadSender {
  readonly done: Promise<SentFigures>;
  private readonly ways: readonly DatagramWay[];
  private readonly init: SenderInit;
  private readonly began: number;
  private readonly bucket: TokenBucket;
  /** Of each stream, how many were sent. */
  private readonly sent: number[];
  private readonly buffers: readonly Uint8Array[];
  /** Whose turn it is among the streams. */
  private place = 0;
  private isOver = false;

  constructor(ways: readonly DatagramWay[], init: SenderInit) {
    this.ways = ways;
    this.init = init;
    this.began = init.clock.now();
    this.bucket = packetBucket(init.plan, this.began);
    this.sent = ways.map(() => 0);
    this.buffers = buffersOf(init);
    this.done = this.run();
  }

  state(): undefined {
    return undefined;
  }

  stop(): void {
    this.isOver = true;
  }

  private async run(): Promise<SentFigures> {
    const { clock, plan } = this.init;
    while (!this.isOver && this.left() > 0) {
      await this.turn();
      await sleep(Math.max(LEAST_WAIT_MS, Math.min(this.left(), this.bucket.waitMs(1, clock.now()))), clock);
    }
    const packets = [...this.sent];
    const count = packets.reduce((sum, one) => sum + one, 0);
    return { bytes: count * plan.lengthBytes, ms: clock.now() - this.began, packets };
  }

  private left(): number {
    const { clock, plan } = this.init;
    return plan.timeMs - (clock.now() - this.began);
  }

  /** Sends what there are tokens for, up to a turn's worth. */
  private async turn(): Promise<void> {
    const { clock } = this.init;
    const began = clock.now();
    let worth = Math.max(1, Math.round((this.bucket.perSecond * TURN_MS) / 1000));
    while (worth > 0 && !this.isOver && clock.now() - began < TURN_MAX_MS) {
      const granted = this.bucket.take(Math.min(worth, this.buffers.length), clock.now());
      if (granted === 0) return;
      worth -= granted;
      await this.send(this.place, granted);
      this.place = (this.place + 1) % this.ways.length;
    }
  }

  private async send(place: number, count: number): Promise<void> {
    const { from, id, socket, to } = this.ways[place]!;
    const { clock } = this.init;
    const packets = this.buffers.slice(0, count).map((data, i) => {
      writeData(viewOf(data), id, this.sent[place]! + i, clock.now());
      return { data, from, to };
    });
    try {
      await socket.sendBatch(packets);
      this.sent[place]! += count;
    } catch (error) {
      this.sent[place]! += this.sentOf(error);
    }
  }

  /** How many of a batch went out. Throws what is no passing shortage of the system. */
  private sentOf(error: unknown): number {
    if (this.isOver || (error instanceof NetError && error.code === "ENOBUFS"))
      return error instanceof NetError ? (error.packetsSent ?? 0) : 0;
    throw error;
  }
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.length);
}

/** Tokens are datagrams. It begins with one, so that a test's beginning is no faster than the rest. */
function packetBucket({ lengthBytes, rateBitsPerSecond }: TestPlan, now: number): TokenBucket {
  const perSecond = rateBitsPerSecond / 8 / lengthBytes;
  const bucket = new TokenBucket(perSecond, Math.max(1, (perSecond * CATCH_UP_MS) / 1000), now);
  bucket.take(Math.floor(bucket.burst) - 1, now);
  return bucket;
}

/** Each with the block's bytes behind its head. */
function buffersOf({ block, plan }: SenderInit): Uint8Array[] {
  const count = Math.max(1, Math.min(BATCH, Math.floor(BATCH_BYTES / plan.lengthBytes)));
  return Array.from({ length: count }, () => Uint8Array.from(block.subarray(0, plan.lengthBytes)));
}
