import { copyRange } from "../bytes/index.ts";

/** The most that one `reserve` may ask for. */
export const OUTPUT_MAX: number = 64 * 1024;

/**
 * The thread's one output buffer: serializers write into it at the offset that `Conn.reserve` returned, and several small
 * writes to one Conn leave in one system call. Borrowed between `reserve` and `commit`, never kept.
 */
export const output: { readonly bytes: Uint8Array } = { bytes: new Uint8Array(new ArrayBuffer(2 * OUTPUT_MAX)) };

/** A Conn whose bytes stand in the output buffer. */
export interface OutputOwner {
  /** Takes a range of the output buffer: what cannot leave now is copied. */
  writeOut(bytes: Uint8Array, start: number, end: number): void;
}

let owner: OutputOwner | undefined;
let filled = 0;
let depth = 0;
let scheduled = false;

/** Makes `conn` the buffer's owner and returns the offset at which `length` bytes are free. */
export function reserveOutput(conn: OutputOwner, length: number): number {
  if (length > OUTPUT_MAX) throw new RangeError(`reserve takes at most ${OUTPUT_MAX} bytes, not ${length}`);
  if (owner !== conn) {
    if (filled > 0) flushOutput();
    owner = conn;
  } else if (filled + length > output.bytes.length) flushOutput();
  return filled;
}

/** Copies a range of `bytes` to a reserved offset, without a view of it (see `copyRange`). */
export function copyToOutput(at: number, bytes: Uint8Array, start: number, end: number): void {
  if (start === 0 && end === bytes.length) output.bytes.set(bytes, at);
  else copyRange.call(bytes, output.bytes, at, start, end);
}

/** Takes `length` bytes written at the reserved offset. They leave when the callback that runs returns, else in a microtask. */
export function commitOutput(length: number): void {
  filled += length;
  if (depth === 0 && !scheduled) {
    scheduled = true;
    queueMicrotask(flushScheduled);
  }
}

/** How many bytes of `conn` stand in the buffer. */
export function committedOutput(conn: OutputOwner): number {
  return owner === conn ? filled : 0;
}

/** Sends what stands in the buffer, whoever it belongs to. */
export function flushOutput(): void {
  if (filled === 0) return;
  const length = filled;
  filled = 0;
  owner!.writeOut(output.bytes, 0, length);
}

/** Sends what stands in the buffer if it is `conn`'s. */
export function flushOutputOf(conn: OutputOwner): void {
  if (owner === conn) flushOutput();
}

/** Forgets what stands in the buffer if it is `conn`'s, and `conn` with it. */
export function dropOutputOf(conn: OutputOwner): void {
  if (owner !== conn) return;
  filled = 0;
  owner = undefined;
}

/** A driver calls this before it hands an event to a Conn, and `leaveCallback` after. */
export function enterCallback(): void {
  depth++;
}

export function leaveCallback(): void {
  if (--depth === 0 && filled > 0) flushOutput();
}

/** Runs what hands an event to a Conn when no driver's callback does. Whatever it throws, the count of callbacks holds: else nothing would be flushed at their end any more. */
export function inCallback(deliver: () => void): void {
  enterCallback();
  try {
    deliver();
  } finally {
    leaveCallback();
  }
}

function flushScheduled(): void {
  scheduled = false;
  flushOutput();
}
