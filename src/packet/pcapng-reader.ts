import { ParseError } from "../bytes/index.ts";
import { Framer, type Framing } from "./framer.ts";
import type { PcapngBlock, PcapngInterface } from "./pcapng-block.ts";
import { decodeBlock } from "./pcapng-decode.ts";
import { BLOCK, BLOCK_OVERHEAD, BYTE_ORDER_MAGIC } from "./pcapng-format.ts";

const DEFAULT_MAX_BLOCK = 16 * 1024 * 1024;
const MOST_INTERFACES = 65_536;

/** How a file is read. */
export interface PcapngReaderOptions {
  /** The longest block that is taken, in bytes. Default 16 MiB. A longer one is an error and never allocated. */
  readonly maxBlock?: number;
}

/** The state of the file: what a block needs to know of those before it. */
class PcapngFraming implements Framing {
  blocks: PcapngBlock[] = [];
  private readonly maxBlock: number;
  private littleEndian: boolean | undefined = undefined;
  private interfaces: PcapngInterface[] = [];

  constructor(maxBlock: number) {
    this.maxBlock = maxBlock;
  }

  headLength(): number {
    return BLOCK_OVERHEAD;
  }

  frameLength(head: Uint8Array): number {
    const view = new DataView(head.buffer, head.byteOffset, BLOCK_OVERHEAD);
    const total = view.getUint32(4, this.orderOf(head, view));
    if (total < BLOCK_OVERHEAD || total % 4 !== 0) throw new ParseError(head, 4, `a block has no length of ${total}`);
    if (total <= this.maxBlock) return total;
    throw new ParseError(head, 4, `a block of ${total} bytes is longer than the limit of ${this.maxBlock}`);
  }

  frame(block: Uint8Array): void {
    const view = new DataView(block.buffer, block.byteOffset, block.length);
    const littleEndian = this.orderOf(block, view);
    if (isSection(view)) {
      this.littleEndian = littleEndian;
      this.interfaces = [];
    }
    const behind = view.getUint32(block.length - 4, littleEndian);
    if (behind !== block.length) {
      throw new ParseError(block, block.length - 4, `a block of ${block.length} bytes says ${behind} at its end`);
    }
    const decoded = decodeBlock(block, littleEndian, this.interfaces);
    if (decoded.kind === "interface") this.interfaces.push(decoded);
    if (this.interfaces.length > MOST_INTERFACES) throw new ParseError(block, 0, "the section has too many interfaces");
    this.blocks.push(decoded);
  }

  /** Whether the block at hand is little-endian: a section says it for itself and all that follows. Its type reads the same in both orders. */
  private orderOf(head: Uint8Array, view: DataView): boolean {
    if (isSection(view)) {
      if (view.getUint32(8, true) === BYTE_ORDER_MAGIC) return true;
      if (view.getUint32(8, false) === BYTE_ORDER_MAGIC) return false;
      throw new ParseError(head, 8, "a section has no byte-order magic");
    }
    if (this.littleEndian !== undefined) return this.littleEndian;
    throw new ParseError(head, 0, "this is no pcapng file: it begins with no section");
  }
}

function isSection(view: DataView): boolean {
  return view.getUint32(0) === BLOCK.SECTION;
}

/**
 * Reads pcapng as it comes: bytes in any pieces go in, whole blocks come out. Both byte orders, several sections and unknown blocks are taken, and the versions 1.0 and 1.2. It holds one block at
 * most, and of that no more than has come.
 *
 * @example
 * const reader = new PcapngReader();
 * for await (const chunk of file) for (const block of reader.push(chunk)) if (block.kind === "packet") show(block);
 * reader.end();
 */
export class PcapngReader {
  private readonly framing: PcapngFraming;
  private readonly framer: Framer;

  constructor(options?: PcapngReaderOptions) {
    this.framing = new PcapngFraming(options?.maxBlock ?? DEFAULT_MAX_BLOCK);
    this.framer = new Framer(this.framing);
  }

  /**
   * Takes a piece of a file and returns the blocks that are whole with it; bytes in them are views of the piece, or owned. Throws ParseError when the file is wrong, at each call after
   * it too; blocks before the fault in the same piece can be had by `rest`.
   */
  push(chunk: Uint8Array): PcapngBlock[] {
    this.framer.push(chunk);
    return this.rest();
  }

  /** The file is over. Throws ParseError when it ends inside a block, or nothing was in it. */
  end(): void {
    this.framer.end();
  }

  /** After `push` has thrown: the blocks that came whole before the fault. */
  rest(): PcapngBlock[] {
    const { blocks } = this.framing;
    this.framing.blocks = [];
    return blocks;
  }
}
