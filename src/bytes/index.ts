export { ChunkQueue } from "./chunk-queue.ts";
export { copyBytes } from "./copy-bytes.ts";
export { copyRange } from "./copy-range.ts";
export { readLatin1, writeLatin1 } from "./latin1.ts";
export { ParseError } from "./parse-error.ts";
