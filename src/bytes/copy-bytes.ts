/** A copy of a range, on storage of its own. `slice` is none when the bytes are a Buffer: there it makes a view. */
export function copyBytes(bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array {
  return new Uint8Array(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
}
