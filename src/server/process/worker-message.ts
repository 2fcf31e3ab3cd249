/** A listening socket that a worker is given. */
export interface HandedSocket {
  /** The address as the config has it, such as "127.0.0.1:8080". */
  readonly address: string;
  /** The descriptor in the worker. */
  readonly fd: number;
}

/** What the supervisor says to a worker. */
export type ToWorker =
  | {
      readonly type: "start";
      readonly config: unknown;
      readonly baseDir: string;
      /** The worker's own. */
      readonly sockets: readonly HandedSocket[];
      /** Those of the worker that it is deputy of, to be served when it is asked to. */
      readonly spares: readonly HandedSocket[];
    }
  | { readonly type: "adopt" }
  | { readonly type: "release" }
  | { readonly type: "stop"; readonly graceMs: number };

/** What a worker says to its supervisor. */
export type FromWorker = { readonly type: "ready" } | { readonly type: "failed"; readonly message: string };

/** Whether something that came over the channel is a message of ours. */
export function isFromWorker(value: unknown): value is FromWorker {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  return type === "ready" || type === "failed";
}
