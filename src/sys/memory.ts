/**
 * Memory for the system to read and write. It has a buffer of its own, whose storage does not move: that of a small typed array made otherwise may,
 * once its `buffer` is looked at. Whoever hands it over keeps a reference for as long as the system uses it.
 */
export function allocate(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}
