// The wire format of HTTP/1: bytes to offsets and back, without I/O, clock or strings. The layer test holds all that is gathered here to that.
export { CHUNK_HEAD_MAX, LAST_CHUNK, writeChunkHead, writeDecimal, writeLineEnd } from "./chunk-encoder.ts";
export { CHUNK_BAD, CHUNK_DATA, CHUNK_END, CHUNK_MORE, ChunkedDecoder } from "./chunked-decoder.ts";
export {
  keepsAlive,
  LENGTH_CHUNKED,
  LENGTH_UNTIL_CLOSE,
  mayHaveBody,
  requestBodyLength,
  responseBodyLength,
} from "./framing.ts";
export {
  ABSOLUTE,
  AUTHORITY,
  CHUNKED,
  CLOSE,
  CONNECTION_UPGRADE,
  ESCAPED,
  EXPECT_CONTINUE,
  HEAD_INCOMPLETE,
  HEAD_REFUSED,
  type HeadLimits,
  KEEP_ALIVE,
  MessageHead,
  UPGRADE,
} from "./message-head.ts";
export { parseRequestHead } from "./request-head.ts";
export { parseResponseHead } from "./response-head.ts";
