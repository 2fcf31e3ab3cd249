/** An error that a handler throws to answer with a status: the error routes answer it; `cause` is for logs, never for the wire. */
export class HandlerError extends Error {
  override readonly name = "HandlerError";
  /** The status to answer, 400 to 599. */
  readonly status: number;

  constructor(status: number, message?: string, options?: { readonly cause?: unknown }) {
    super(message ?? `the handler answered ${status}`, options);
    this.status = status;
  }

  /** The error itself when it is one, else a 500 with it as cause. */
  static from(error: unknown): HandlerError {
    if (error instanceof HandlerError) return error;
    return new HandlerError(500, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
