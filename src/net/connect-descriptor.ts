import {
  beginConnect,
  closeDescriptor,
  descriptorGuard,
  makeClientSocket,
  type Readiness,
  type StreamTarget,
  SystemError,
  watchReadiness,
} from "../sys/index.ts";
import { type ConnectOptions, refusal } from "./connect.ts";
import { failedBefore, Pending } from "./pending.ts";
import { fromSystemError } from "./system-error.ts";

/** A connected socket that nobody reads yet. */
export class ConnectedDescriptor {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** Closes it: for whoever does not take it over. */
  async close(): Promise<void> {
    closeDescriptor(this.fd);
  }
}

/** Connects a stream and gives its descriptor, non-blocking, to the caller; the runtime never sees it. Throws NetError. Linux only; `control` is not called. */
export async function connectDescriptor(target: StreamTarget, options: ConnectOptions): Promise<ConnectedDescriptor> {
  const before = failedBefore(options.limits, options.wheel);
  if (before !== undefined) throw refusal(options, before);
  return new Connecting(target, options).begin();
}

/** A connection on its way. */
class Connecting {
  private readonly target: StreamTarget;
  private readonly options: ConnectOptions;
  private readonly pending: Pending<ConnectedDescriptor>;
  private fd = -1;
  private readiness: Readiness | undefined = undefined;

  constructor(target: StreamTarget, options: ConnectOptions) {
    this.target = target;
    this.options = options;
    this.pending = new Pending<ConnectedDescriptor>(options.limits, options.wheel, (why) =>
      this.failed(refusal(options, why)),
    );
  }

  async begin(): Promise<ConnectedDescriptor> {
    try {
      this.fd = makeClientSocket(this.target, this.options.socket);
      descriptorGuard().took(this.fd);
      beginConnect(this.fd, this.target);
      if ("path" in this.target) this.connected();
      else this.watch();
    } catch (error) {
      this.failed(error);
    }
    return this.pending.promise;
  }

  private watch(): void {
    this.readiness = watchReadiness(this.fd, () => this.look());
    this.readiness.watchWritable(true);
  }

  /** Connecting once more tells how it stands. */
  private look(): void {
    try {
      beginConnect(this.fd, this.target);
    } catch (error) {
      const code = error instanceof SystemError ? error.code : "";
      if (code === "EALREADY") return;
      if (code !== "EISCONN") {
        this.failed(error);
        return;
      }
    }
    this.connected();
  }

  private connected(): void {
    this.readiness?.close();
    this.pending.resolve(new ConnectedDescriptor(this.fd));
  }

  private failed(error: unknown): void {
    const { network, address } = this.options;
    this.readiness?.close();
    if (this.fd >= 0) closeDescriptor(this.fd);
    const netError = fromSystemError(error, { op: "dial", network, address });
    if (netError.code === "EMFILE") descriptorGuard().ranOut();
    this.pending.reject(netError);
  }
}
