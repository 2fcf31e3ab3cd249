/** The Castagnoli polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

let table: Uint32Array | undefined;

/** CRC-32C (RFC 3720 appendix B.4) of a range of bytes. `from`: the sum of what stands before it (default 0: nothing). */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, from = 0): number {
  table ??= makeTable();
  let crc = ~from;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
}
