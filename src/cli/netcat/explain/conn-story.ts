/** What is told of a connection while it lives. */
export interface ConnStory {
  /** Stdin has ended, and this side's end is about to go out. */
  localEnd(): void;
  /** The peer's end has come. */
  peerEnd(): void;
  /** The connection was closed, or failed. */
  over(error: Error | undefined): void;
}
