/** Strings longer than this are made piece by piece: an argument list has its limits. */
const PIECE = 8192;

/** Writes a text's low bytes at `offset`, where there must be room, and returns the offset behind them. Characters beyond Latin-1 are cut. */
export function writeLatin1(target: Uint8Array, offset: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[offset++] = text.charCodeAt(i);
  return offset;
}

/** The bytes from `start` to `end` as a text of one character a byte. */
export function readLatin1(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let text = "";
  for (let at = start; at < end; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + PIECE)));
  }
  return text;
}
