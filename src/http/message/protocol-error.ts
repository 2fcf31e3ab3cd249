/** A broken rule of the protocol, and whose fault it was. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly fault: "peer" | "caller" | "internal";
  /** The status that a server answers a peer's fault with; 0 when it can only close. */
  readonly status: number;

  constructor(
    fault: "peer" | "caller" | "internal",
    message: string,
    options?: { readonly status?: number; readonly cause?: unknown },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.fault = fault;
    this.status = options?.status ?? 0;
  }
}
