import { inspectedAsText } from "./inspected.ts";

/** The address of a Unix socket: a path in the file system, or an abstract name that begins with "@"; "" when the peer did not bind. */
export class UnixAddress {
  static {
    inspectedAsText(UnixAddress);
  }

  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether it is a name in Linux's abstract space. */
  get isAbstract(): boolean {
    return this.path.startsWith("@");
  }

  equals(other: UnixAddress): boolean {
    return this.path === other.path;
  }

  toString(): string {
    return this.path;
  }

  toJSON(): string {
    return this.path;
  }
}
