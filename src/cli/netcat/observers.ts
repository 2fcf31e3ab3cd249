import { hexdumpRows } from "../../bytes/index.ts";
import type { Conn, Endpoint } from "../../net/index.ts";
import { PcapngCapture, tap, tapToHexdump } from "../../stream/index.ts";

/** What is to be seen of what passes. */
export interface ObserverFlags {
  readonly hexdump?: boolean | undefined;
  /** The file of a capture. */
  readonly tap?: string | undefined;
}

/** Bytes that may wait for whoever reads a hexdump. */
const HEXDUMP_QUEUED = 64 * 1024 * 1024;

/** The hexdump on stderr and the capture that were asked for. */
export class Observers {
  private readonly hexdump: boolean;
  private readonly capture: PcapngCapture | undefined;
  private tapped: Conn[] = [];

  private constructor(hexdump: boolean, capture: PcapngCapture | undefined) {
    this.hexdump = hexdump;
    this.capture = capture;
  }

  /** Opens the capture's file. Rejects with an Error that names it when it cannot be. */
  static async open(flags: ObserverFlags): Promise<Observers> {
    const options = { maxQueued: HEXDUMP_QUEUED, onFailure: missed(`of ${flags.tap ?? ""}`), overwrite: true };
    const capture = flags.tap === undefined ? undefined : await PcapngCapture.toFile(flags.tap, options);
    return new Observers(flags.hexdump === true, capture);
  }

  /** The Conn to use instead of one that was dialed or accepted. */
  stream(conn: Conn, dialed: boolean): Conn {
    let seen = conn;
    if (this.capture !== undefined) seen = this.capture.tap(seen, { dialed });
    if (this.hexdump)
      seen = tap(seen, tapToHexdump(toStderr, { maxQueued: HEXDUMP_QUEUED, onFailure: missed("of the hexdump") }));
    if (seen !== conn) this.tapped.push(seen);
    return seen;
  }

  packet(direction: "inbound" | "outbound", local: Endpoint, peer: Endpoint, data: Uint8Array): void {
    this.capture?.datagram(direction, local, peer, data);
    if (!this.hexdump) return;
    const mark = direction === "inbound" ? "<" : ">";
    const head = `${mark} ${data.length} bytes ${mark === "<" ? "from" : "to"} ${peer.toString() || "an unbound peer"}\n`;
    void toStderr(
      `${head}${hexdumpRows(data)
        .map((row) => `${mark} ${row}\n`)
        .join("")}`,
    );
  }

  /** Waits until all is written. A connection whose peer takes nothing has no end that could be waited for. */
  async close(): Promise<void> {
    await Promise.all(this.tapped.splice(0).map(async (conn) => (conn.queued > 0 ? undefined : conn.done)));
    await this.capture?.close();
    if (this.hexdump) await toStderr("");
  }
}

async function toStderr(text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.stderr.write(text, () => resolve());
  return promise;
}

function missed(what: string): (reason: unknown) => void {
  return (reason) => {
    console.error(`netwright: a part ${what} is missing: ${reason instanceof Error ? reason.message : String(reason)}`);
  };
}
