import { type ByteRange, contentRange } from "./byte-ranges.ts";

/** What a body is put together from: bytes, and parts of the file. */
export type Piece = Uint8Array | ByteRange;

/** A body in pieces, and its length as a whole. */
export interface Multipart {
  readonly pieces: readonly Piece[];
  readonly length: number;
}

/** A `multipart/byteranges` body (RFC 9110 section 14.6) of several parts of a file. */
export function multipart(
  ranges: readonly ByteRange[],
  size: number,
  contentType: string | undefined,
  boundary: string,
): Multipart {
  const type = contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`;
  const pieces: Piece[] = [];
  let length = 0;
  let lineEnd = "";
  for (const range of ranges) {
    const head = latin1(`${lineEnd}--${boundary}\r\nContent-Range: ${contentRange(range, size)}\r\n${type}\r\n`);
    pieces.push(head, range);
    length += head.length + range.length;
    lineEnd = "\r\n";
  }
  const tail = latin1(`${lineEnd}--${boundary}--\r\n`);
  pieces.push(tail);
  return { pieces, length: length + tail.length };
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
