/** The address of an end that was not asked for while its connection lived, and that nobody can tell any more. */
export class UnknownAddress {
  toString(): string {
    return "unknown";
  }

  toJSON(): string {
    return "unknown";
  }
}
