import { copyBytes } from "../bytes/index.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NetError } from "./net-error.ts";
import type { Packet, ReceivedInto } from "./packet-conn.ts";
import type { Pending } from "./pending.ts";

/** A receive that waits. */
export interface Receiver {
  /** Takes one datagram, whose bytes are borrowed. */
  take(data: Uint8Array, from: Endpoint, to: Endpoint | undefined, truncated: boolean): void;
  /** No more datagrams will come. */
  end(): void;
  fail(error: NetError): void;
}

/** Waits for a packet of its own. */
export class OneReceiver implements Receiver {
  private readonly pending: Pending<Packet | null>;

  constructor(pending: Pending<Packet | null>) {
    this.pending = pending;
  }

  take(data: Uint8Array, from: Endpoint, to: Endpoint | undefined, truncated: boolean): void {
    this.pending.resolve({ data: copyBytes(data), from, to, truncated });
  }

  end(): void {
    this.pending.resolve(null);
  }

  fail(error: NetError): void {
    this.pending.reject(error);
  }
}

/** Waits for a datagram in the caller's buffer. */
export class IntoReceiver implements Receiver {
  private readonly pending: Pending<ReceivedInto | null>;
  private readonly buffer: Uint8Array;

  constructor(pending: Pending<ReceivedInto | null>, buffer: Uint8Array) {
    this.pending = pending;
    this.buffer = buffer;
  }

  take(data: Uint8Array, from: Endpoint, _to: Endpoint | undefined, truncated: boolean): void {
    this.pending.resolve(copyInto(this.buffer, data, from, truncated));
  }

  end(): void {
    this.pending.resolve(null);
  }

  fail(error: NetError): void {
    this.pending.reject(error);
  }
}

/** What of a datagram fits into a buffer. */
export function copyInto(buffer: Uint8Array, data: Uint8Array, from: Endpoint, truncated: boolean): ReceivedInto {
  const length = Math.min(buffer.length, data.length);
  buffer.set(length === data.length ? data : data.subarray(0, length));
  return { length, from, truncated: truncated || length < data.length };
}
