const NEWLINE = 0x0a;

/** What a pipe takes in one piece, whoever else writes to it: PIPE_BUF on Linux. */
export const PIPE_BUF = 4096;

/**
 * How much of `bytes` from `start` to write to a pipe at once, so that no line of several processes is torn: whole lines of at most PIPE_BUF bytes together,
 * or a single longer one, which Linux keeps in one piece as long as the pipe has room for it. `length` bytes are there, and end with a newline.
 */
export function wholeLines(bytes: Uint8Array, start: number, length: number): number {
  if (length <= PIPE_BUF) return length;
  const last = bytes.lastIndexOf(NEWLINE, start + PIPE_BUF - 1);
  if (last >= start) return last - start + 1;
  const next = bytes.indexOf(NEWLINE, start + PIPE_BUF);
  return next < 0 || next >= start + length ? length : next - start + 1;
}
