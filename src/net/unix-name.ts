import { UnixAddress } from "../addr/index.ts";
import { decodeSocketAddress, encodeUnixAddress, ERRNO, isLastSender, lastSender, SystemError } from "../sys/index.ts";
import type { Endpoint } from "./endpoint.ts";

/** The bytes of names that were seen: names are bytes, not all of which a string can say, and answers go to exactly who asked. */
const encoded = new WeakMap<object, Uint8Array>();

/** The `sockaddr` of a Unix endpoint. Throws SystemError: EINVAL for the peer that has no name, EAFNOSUPPORT for an endpoint of another kind, ENAMETOOLONG. */
export function encodeUnixName(endpoint: Endpoint): Uint8Array {
  const known = encoded.get(endpoint);
  if (known !== undefined) return known;
  if (!(endpoint instanceof UnixAddress)) throw new SystemError("sendto", ERRNO.EAFNOSUPPORT);
  const bytes = encodeUnixAddress(endpoint.path);
  encoded.set(endpoint, bytes);
  return bytes;
}

const NAMELESS: UnixAddress = new UnixAddress("");

/** Gives the senders of datagrams as endpoints: the same object while the sender stays the same. */
export class SenderNames {
  private last: UnixAddress = NAMELESS;
  private lastBytes: Uint8Array = new Uint8Array(0);

  /** Who sent what was received last. */
  take(): UnixAddress {
    return isLastSender(this.lastBytes) ? this.last : this.another();
  }

  private another(): UnixAddress {
    const bytes = lastSender();
    if (bytes.length <= 2) return NAMELESS;
    this.lastBytes = bytes.slice();
    this.last = decodeSocketAddress(this.lastBytes) as UnixAddress;
    encoded.set(this.last, this.lastBytes);
    return this.last;
  }
}
