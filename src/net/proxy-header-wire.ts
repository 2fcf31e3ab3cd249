import { ParseError } from "../bytes/index.ts";
import type { ParsedProxyHeader, ProxyHeader, ProxyHeaderLimits } from "./proxy-header.ts";
import { encodeV1, parseV1 } from "./proxy-header-v1-wire.ts";
import { encodeV2, parseV2, V2_SIGNATURE } from "./proxy-header-v2-wire.ts";

const MAX_LENGTH = 4096;
const V1_START: Uint8Array = new TextEncoder().encode("PROXY ");
const BOTH: readonly (1 | 2)[] = [1, 2];

/**
 * Reads the PROXY header at the beginning of what came: of a connection's bytes so far, or of one datagram. Undefined while it is not whole (for a
 * datagram: it is cut). Throws ParseError as soon as it can be none, is malformed, too long, of a version that is not accepted, or fails its checksum.
 */
export function parseProxyHeader(bytes: Uint8Array, limits: ProxyHeaderLimits = {}): ParsedProxyHeader | undefined {
  const version = versionOf(bytes, limits.versions ?? BOTH);
  if (version === undefined) return undefined;
  return version === 1 ? parseV1(bytes) : parseV2(bytes, limits.maxLength ?? MAX_LENGTH);
}

/** Whether bytes begin a PROXY header of any version ("yes"), do not, or are too few to tell ("maybe"). */
export function beginsProxyHeader(bytes: Uint8Array): "yes" | "maybe" | "no" {
  const found = [V1_START, V2_SIGNATURE].find((start) => agrees(bytes, start));
  if (found === undefined) return "no";
  return bytes.length >= found.length ? "yes" : "maybe";
}

function versionOf(bytes: Uint8Array, versions: readonly (1 | 2)[]): 1 | 2 | undefined {
  const may = versions.filter((version) => agrees(bytes, version === 1 ? V1_START : V2_SIGNATURE));
  if (may.length === 0) throw new ParseError(bytes, 0, `this is no PROXY header of version ${versions.join(" or ")}`);
  return may.find((version) => bytes.length >= (version === 1 ? V1_START : V2_SIGNATURE).length);
}

function agrees(bytes: Uint8Array, start: Uint8Array): boolean {
  const length = Math.min(bytes.length, start.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}

/**
 * The bytes of a PROXY header, owned by the caller: to be sent first on a connection, or in front of every datagram. An IPv4 and an IPv6 end together are told
 * as IPv6. `checksum` adds a CRC-32C to version 2. Throws RangeError for what the version cannot tell.
 */
export function encodeProxyHeader(header: ProxyHeader, options: { readonly checksum?: boolean } = {}): Uint8Array {
  return header.version === 1 ? encodeV1(header) : encodeV2(header, options.checksum ?? false);
}
