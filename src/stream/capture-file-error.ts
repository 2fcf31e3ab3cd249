import { visibleText } from "../bytes/index.ts";

/** By the system's code: what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  EEXIST: "there is a file already: choose another name, or say `overwrite: true`",
  ENOENT: "its directory does not exist",
  ENOTDIR: "a part of the path is no directory",
  EISDIR: "it is a directory: name a file in it",
  EACCES: "the process may not write there",
  EROFS: "the file system is read-only",
};

/** The file of a capture could not be opened; the cause is the system's error. */
export class CaptureFileError extends Error {
  override readonly name = "CaptureFileError";
  /** The system's code, such as "EEXIST". */
  readonly code: string;
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "EIO";
    const why = ADVICE[code] ?? (cause instanceof Error ? cause.message : String(cause));
    super(visibleText(`cannot write a capture to ${path}: ${why} (${code})`), { cause });
    this.code = code;
    this.path = path;
  }
}
