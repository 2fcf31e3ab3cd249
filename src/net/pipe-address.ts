/** The address of an end of an in-memory pipe; it compares by identity. */
export class PipeAddress {
  readonly name: string;

  constructor(name = "pipe") {
    this.name = name;
  }

  toString(): string {
    return this.name;
  }
}
