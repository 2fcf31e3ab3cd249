import { CHUNKED, CLOSE, KEEP_ALIVE, type MessageHead } from "./message-head.ts";

/** A body of chunks. */
export const LENGTH_CHUNKED = -1;
/** A response body that ends with the connection. */
export const LENGTH_UNTIL_CLOSE = -2;

/** How long a request's body is: its length, or LENGTH_CHUNKED (RFC 9112 section 6.3). */
export function requestBodyLength(head: MessageHead): number {
  if ((head.flags & CHUNKED) !== 0) return LENGTH_CHUNKED;
  return head.contentLength < 0 ? 0 : head.contentLength;
}

/** How long a response's body is: its length, LENGTH_CHUNKED or LENGTH_UNTIL_CLOSE (RFC 9112 section 6.3). `method` is that of the request. */
export function responseBodyLength(head: MessageHead, method: string): number {
  const { status } = head;
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return 0;
  if (method === "CONNECT" && status < 300) return 0;
  if ((head.flags & CHUNKED) !== 0) return LENGTH_CHUNKED;
  return head.contentLength < 0 ? LENGTH_UNTIL_CLOSE : head.contentLength;
}

/** Whether the sender means the connection to live on behind this message (RFC 9112 section 9.3). */
export function keepsAlive(head: MessageHead): boolean {
  if ((head.flags & CLOSE) !== 0) return false;
  return head.minor === 1 || (head.flags & KEEP_ALIVE) !== 0;
}

/** Whether a response with this status may have a body at all. */
export function mayHaveBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304;
}
