const ROW = 16;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * The rows of `hexdump -C` for these bytes, the first one at `offset`: every row is written out, and none follows for the end. For a stream that is shown chunk by chunk.
 *
 * @example
 * hexdumpRows(Uint8Array.of(0x68, 0x69), 0x20);
 * // ["00000020  68 69                                             |hi|"]
 */
export function hexdumpRows(bytes: Uint8Array, offset = 0): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    rows.push(row(bytes, at, Math.min(bytes.length, at + ROW), offset + at));
  }
  return rows;
}

/** Exactly what `hexdump -C` prints: equal rows become one "*", and the length ends it. Each line ends with a line feed; no bytes give no line. */
export function hexdump(bytes: Uint8Array): string {
  let text = "";
  let starred = false;
  for (let at = 0; at < bytes.length; at += ROW) {
    const end = Math.min(bytes.length, at + ROW);
    if (at > 0 && end - at === ROW && sameRow(bytes, at)) {
      if (!starred) text += "*\n";
      starred = true;
      continue;
    }
    starred = false;
    text += `${row(bytes, at, end, at)}\n`;
  }
  return bytes.length === 0 ? "" : `${text}${offsetText(bytes.length)}\n`;
}

function row(bytes: Uint8Array, start: number, end: number, offset: number): string {
  let hex = "";
  let text = "";
  for (let i = 0; i < ROW; i++) {
    const inside = start + i < end;
    const byte = inside ? bytes[start + i]! : 0;
    hex += i === ROW / 2 ? "  " : " ";
    hex += inside ? HEX[byte]! : "  ";
    if (inside) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
  }
  return `${offsetText(offset)} ${hex}  |${text}|`;
}

function sameRow(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + ROW; i++) if (bytes[i] !== bytes[i - ROW]) return false;
  return true;
}

function offsetText(offset: number): string {
  return offset.toString(16).padStart(8, "0");
}
