import { lstatSync, unlinkSync } from "node:fs";

/** The file of a Unix socket that was bound here. */
export class SocketFile {
  readonly path: string;
  private readonly dev: number;
  private readonly ino: number;

  /** To be made right after the socket was bound. */
  constructor(path: string) {
    const { dev, ino } = lstatSync(path);
    this.path = path;
    this.dev = dev;
    this.ino = ino;
  }

  /** Removes it if it is still the one that was bound, and not another's that lies there since. Never throws. */
  remove(): void {
    const now = lstatSync(this.path, { throwIfNoEntry: false });
    if (now?.dev === this.dev && now.ino === this.ino) removeFile(this.path);
  }
}

/** Removes a file; nothing where somebody was faster. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or no longer ours to remove.
  }
}
