import { checkSubnet, isReservedInterfaceId } from "./interface-id.ts";
import type { Prefix } from "./prefix.ts";

/** What a stable identifier is a function of (RFC 7217 section 5). */
export interface StableInterfaceIdInput {
  /** The subnet that the address will be in: version 6, at most 64 bits. Its host bits do not matter. */
  readonly prefix: Prefix;
  /** What names the interface, such as "eth0": choose what stays the same when hardware is replaced or plugged elsewhere. */
  readonly interfaceName: string;
  /** What names the network, such as a Wi-Fi's SSID: a host with the same prefix in two networks then has two identifiers. Default: "". */
  readonly networkId?: string;
  /** How often duplicate address detection has refused an identifier. Default: 0. */
  readonly dadCounter?: number;
  /** At least 16 random bytes, made once for the host and kept secret. */
  readonly secret: Uint8Array;
}

/** A stable identifier, and the counter that gave it. */
export interface StableInterfaceId {
  /** 8 bytes, owned by the caller. */
  readonly id: Uint8Array;
  /** Keep it with the interface: above the one passed in when reserved identifiers were skipped. */
  readonly dadCounter: number;
}

/**
 * An identifier that stays the same in a subnet, differs in every other, and tells nothing of the hardware (RFC 7217). Identifiers reserved by
 * RFC 5453 are skipped.
 *
 * `hash` is the pseudorandom function's core: it must be cryptographic and give at least 8 bytes, as
 * `(bytes) => createHash("sha256").update(bytes).digest()` does; it is passed in so that this room stays free of any platform. It gets, one after
 * the other: the prefix's 16 bytes, masked, and its length in one byte; the interface's name and the network's, each in UTF-8 behind its length
 * in four bytes; the counter in four bytes; the secret. Numbers are in network order. The identifier is the last 8 bytes of the digest.
 */
export function stableInterfaceId(
  input: StableInterfaceIdInput,
  hash: (bytes: Uint8Array) => Uint8Array,
): StableInterfaceId {
  checkSubnet(input.prefix);
  if (input.secret.length < 16) throw new RangeError(`the secret has at least 16 bytes, not ${input.secret.length}`);
  const { bytes, counterAt } = encode(input);
  const view = new DataView(bytes.buffer);
  // A reserved identifier comes once in 2^40: two in a row are a broken hash.
  for (let dadCounter = input.dadCounter ?? 0, tries = 0; tries < 8; dadCounter++, tries++) {
    view.setUint32(counterAt, dadCounter);
    const digest = hash(bytes);
    if (digest.length < 8) throw new RangeError(`a digest has at least 8 bytes, not ${digest.length}`);
    const id = digest.slice(-8);
    if (!isReservedInterfaceId(id)) return { id, dadCounter };
  }
  throw new RangeError("the hash gives nothing but reserved identifiers: it is no hash");
}

function encode({ prefix, interfaceName, networkId = "", secret }: StableInterfaceIdInput): {
  readonly bytes: Uint8Array;
  readonly counterAt: number;
} {
  const name = new TextEncoder().encode(interfaceName);
  const network = new TextEncoder().encode(networkId);
  const bytes = new Uint8Array(16 + 1 + 4 + name.length + 4 + network.length + 4 + secret.length);
  const view = new DataView(bytes.buffer);
  bytes.set(prefix.masked().addr.toBytes());
  bytes[16] = prefix.bits;
  let at = 17;
  for (const each of [name, network]) {
    view.setUint32(at, each.length);
    bytes.set(each, at + 4);
    at += 4 + each.length;
  }
  bytes.set(secret, at + 4);
  return { bytes, counterAt: at };
}

/**
 * A random identifier for an address that lives for hours (RFC 8981 section 3.3.1). Those that RFC 5453 reserves and those for which `isTaken`
 * says so, such as the identifiers of the interface's other addresses, are drawn again.
 *
 * @param randomBytes gives so many bytes from a cryptographic source, as `Random.bytes` of `netwright/clock` does.
 * @returns 8 bytes, owned by the caller.
 */
export function temporaryInterfaceId(
  randomBytes: (count: number) => Uint8Array,
  isTaken: (id: Uint8Array) => boolean = () => false,
): Uint8Array {
  for (let tries = 0; tries < 16; tries++) {
    const id = randomBytes(8);
    if (!isReservedInterfaceId(id) && !isTaken(id)) return id;
  }
  throw new RangeError("16 random identifiers were all reserved or taken: the source is not random");
}
