const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes a range of bytes, with U+FFFD for what is not UTF-8. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}
