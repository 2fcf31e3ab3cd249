/** A listening socket that a worker is given. */
export interface HandedSocket {
  /** The address as the config has it, such as "tcp/127.0.0.1:8080". */
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
      readonly worker: number;
      readonly sockets: readonly HandedSocket[];
    }
  | { readonly type: "stop"; readonly graceMs: number };

/** What a worker says to its supervisor. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "stopped" };

/** Whether something that came over the channel is a message of ours. */
export function isFromWorker(value: unknown): value is FromWorker {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  return type === "ready" || type === "failed" || type === "stopped";
}
