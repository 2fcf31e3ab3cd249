export { ChunkQueue } from "./chunk-queue.ts";
export { copyBytes } from "./copy-bytes.ts";
export { copyRange } from "./copy-range.ts";
export { crc32c } from "./crc32c.ts";
export { hexdump, hexdumpRows } from "./hexdump.ts";
export { addToChecksum, internetChecksum } from "./internet-checksum.ts";
export { readLatin1, writeLatin1 } from "./latin1.ts";
export { ParseError } from "./parse-error.ts";
export { visibleText } from "./visible-text.ts";
