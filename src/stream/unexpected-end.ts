/** A stream ended in the middle of something. */
export class UnexpectedEnd extends Error {
  override readonly name: string = "UnexpectedEnd";
  /** Bytes that came. They are lost to the Conn, and stand where the reader was to put them. */
  readonly received: number;
  /** Bytes that were wanted. */
  readonly expected: number;

  constructor(received: number, expected: number, what: string) {
    super(`the stream ended within ${what}: ${received} of ${expected} bytes came`);
    this.received = received;
    this.expected = expected;
  }
}
