import { Addr, AddrPort, UnixAddress } from "../addr/index.ts";
import { crc32c, ParseError } from "../bytes/index.ts";
import {
  type ParsedProxyHeader,
  PROXY_TLV,
  type ProxiedEnds,
  type ProxiedIpEnds,
  type ProxiedUnixEnds,
  type ProxyHeader,
  type ProxyTlv,
} from "./proxy-header.ts";
import { toV6 } from "./proxy-header-v1-wire.ts";

/** What every header of version 2 begins with (section 2.2). */
export const V2_SIGNATURE: Uint8Array = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10);

/** The signature, version and command, family and transport, and the length of the rest. */
const FIXED = 16;
const UNIX_PATH = 108;
/** Bytes of the addresses by family: unspecified, IPv4, IPv6, Unix. */
const ADDRESS_BYTES = [0, 12, 36, 2 * UNIX_PATH] as const;
const UNIQUE_ID_MAX = 128;
const STREAM = 1;
const DATAGRAM = 2;

/** Reads a header of version 2 whose signature has been checked; undefined while it is not whole. */
export function parseV2(bytes: Uint8Array, maxLength: number): ParsedProxyHeader | undefined {
  if (bytes.length < FIXED) return undefined;
  const [command, family, transport] = kindOf(bytes);
  const length = FIXED + ((bytes[14]! << 8) | bytes[15]!);
  if (length > maxLength)
    throw new ParseError(bytes, 14, `the PROXY header has ${length} bytes, more than the ${maxLength} allowed`);
  if (bytes.length < length) return undefined;
  if (command === 0) return { header: { version: 2, local: true, tlvs: [] }, length };
  const addressesEnd = FIXED + ADDRESS_BYTES[family]!;
  if (addressesEnd > length)
    throw new ParseError(bytes, 14, `a PROXY header of this family has at least ${addressesEnd} bytes, not ${length}`);
  const tlvs = parseTlvs(bytes.subarray(0, length), addressesEnd);
  const ends = family === 0 || transport === 0 ? undefined : endsOf(bytes, family, transport);
  return { header: { version: 2, local: false, ends, tlvs }, length };
}

function kindOf(bytes: Uint8Array): [command: number, family: number, transport: number] {
  const [command, family, transport] = [bytes[12]! & 15, bytes[13]! >> 4, bytes[13]! & 15];
  if (bytes[12]! >> 4 !== 2) throw new ParseError(bytes, 12, "the PROXY header is of an unknown version");
  if (command > 1) throw new ParseError(bytes, 12, "the PROXY header has an unknown command");
  if (family > 3 || transport > 2)
    throw new ParseError(bytes, 13, "the PROXY header has an unknown family or transport");
  return [command, family, transport];
}

function endsOf(bytes: Uint8Array, family: number, transport: number): ProxiedEnds {
  if (family === 3) {
    const at = FIXED + UNIX_PATH;
    const [source, destination] = [pathOf(bytes.subarray(FIXED, at)), pathOf(bytes.subarray(at, at + UNIX_PATH))];
    return { transport: transport === STREAM ? "unix" : "unixgram", source, destination };
  }
  const size = family === 1 ? 4 : 16;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [source, destination] = [0, 1].map((which) => {
    const at = FIXED + which * size;
    return new AddrPort(Addr.fromBytes(bytes.subarray(at, at + size)), view.getUint16(FIXED + 2 * size + 2 * which));
  });
  return { transport: transport === STREAM ? "tcp" : "udp", source: source!, destination: destination! };
}

function pathOf(field: Uint8Array): UnixAddress {
  const abstract = field[0] === 0 && field.some((byte) => byte !== 0);
  const name = abstract ? field.subarray(1) : field;
  const end = name.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? name : name.subarray(0, end));
  return new UnixAddress(abstract ? `@${text}` : text);
}

function parseTlvs(bytes: Uint8Array, start: number): ProxyTlv[] {
  const tlvs: ProxyTlv[] = [];
  for (let at = start; at < bytes.length;) {
    const from = at + 3;
    const end = from + ((bytes[at + 1]! << 8) | bytes[at + 2]!);
    if (from > bytes.length || end > bytes.length)
      throw new ParseError(bytes, at, "a TLV reaches beyond the end of the PROXY header");
    const type = bytes[at]!;
    if (type === PROXY_TLV.CRC32C) checkSum(bytes, from, end);
    else if (type !== PROXY_TLV.NOOP) tlvs.push(checked(bytes, type, from, end));
    at = end;
  }
  return tlvs;
}

function checked(bytes: Uint8Array, type: number, from: number, end: number): ProxyTlv {
  if (type === PROXY_TLV.UNIQUE_ID && end - from > UNIQUE_ID_MAX)
    throw new ParseError(bytes, from, `a unique id has at most ${UNIQUE_ID_MAX} bytes`);
  return { type, value: bytes.slice(from, end) };
}

/** The sum is that of the whole header with zeros in its own place. */
function checkSum(bytes: Uint8Array, from: number, end: number): void {
  if (end - from !== 4) throw new ParseError(bytes, from, "the checksum of a PROXY header has 4 bytes");
  const told = new DataView(bytes.buffer, bytes.byteOffset).getUint32(from);
  const sum = crc32c(bytes, end, bytes.length, crc32c(new Uint8Array(4), 0, 4, crc32c(bytes, 0, from)));
  if (told !== sum) throw new ParseError(bytes, from, "the checksum of the PROXY header is wrong");
}

/** The bytes of a header. Throws RangeError for what does not fit. `checksum` adds a CRC-32C. */
export function encodeV2(header: ProxyHeader, checksum: boolean): Uint8Array {
  const { ends } = header;
  const addresses = ends === undefined || header.local ? new Uint8Array(0) : addressBytes(ends);
  const tlvs = checksum ? [...header.tlvs, { type: PROXY_TLV.CRC32C, value: new Uint8Array(4) }] : header.tlvs;
  const rest = tlvs.reduce((sum, { value }) => sum + 3 + value.length, addresses.length);
  if (rest > 0xffff) throw new RangeError(`a PROXY header has at most 65535 bytes behind its first 16, not ${rest}`);
  const bytes = new Uint8Array(FIXED + rest);
  bytes.set(V2_SIGNATURE);
  bytes.set([header.local ? 0x20 : 0x21, addresses.length === 0 ? 0 : familyOf(ends!), rest >> 8, rest & 0xff], 12);
  bytes.set(addresses, FIXED);
  writeTlvs(bytes, FIXED + addresses.length, tlvs);
  if (checksum) new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes));
  return bytes;
}

function writeTlvs(bytes: Uint8Array, start: number, tlvs: readonly ProxyTlv[]): void {
  let at = start;
  for (const { type, value } of tlvs) {
    if (!Number.isInteger(type) || type < 0 || type > 255)
      throw new RangeError(`the type of a TLV is a number from 0 to 255, not ${type}`);
    bytes.set([type, value.length >> 8, value.length & 0xff], at);
    bytes.set(value, at + 3);
    at += 3 + value.length;
  }
}

function familyOf(ends: ProxiedEnds): number {
  if (isUnix(ends)) return 0x30 | (ends.transport === "unix" ? STREAM : DATAGRAM);
  return (isV4(ends) ? 0x10 : 0x20) | (ends.transport === "tcp" ? STREAM : DATAGRAM);
}

function isUnix(ends: ProxiedEnds): ends is ProxiedUnixEnds {
  return ends.transport === "unix" || ends.transport === "unixgram";
}

function isV4({ source, destination }: ProxiedIpEnds): boolean {
  return source.addr.unmap().version === 4 && destination.addr.unmap().version === 4;
}

function addressBytes(ends: ProxiedEnds): Uint8Array {
  return isUnix(ends) ? unixBytes(ends) : ipBytes(ends);
}

function ipBytes(ends: ProxiedIpEnds): Uint8Array {
  const both = [ends.source, ends.destination];
  const v4 = isV4(ends);
  const addrs = both.flatMap(({ addr }) => [...(v4 ? addr.unmap() : toV6(addr)).toBytes()]);
  const ports = both.flatMap(({ port }) => [port >> 8, port & 0xff]);
  return Uint8Array.from([...addrs, ...ports]);
}

function unixBytes(ends: ProxiedUnixEnds): Uint8Array {
  const bytes = new Uint8Array(2 * UNIX_PATH);
  bytes.set(pathBytes(ends.source), 0);
  bytes.set(pathBytes(ends.destination), UNIX_PATH);
  return bytes;
}

function pathBytes(address: UnixAddress): Uint8Array {
  const bytes = new TextEncoder().encode(address.isAbstract ? `\0${address.path.slice(1)}` : address.path);
  if (bytes.length > UNIX_PATH)
    throw new RangeError(`the path of a Unix socket has at most ${UNIX_PATH} bytes here, not ${bytes.length}`);
  return bytes;
}
