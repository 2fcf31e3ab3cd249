import { Addr, AddrPort } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import type { ParsedProxyHeader, ProxyHeader } from "./proxy-header.ts";

/** The longest line, its end included (section 2.1). */
export const V1_MAX = 107;

const CR = 0x0d;
const LF = 0x0a;

/** Reads a line of version 1 whose first bytes have been checked; undefined while its end has not come. */
export function parseV1(bytes: Uint8Array): ParsedProxyHeader | undefined {
  const end = bytes.subarray(0, V1_MAX).indexOf(LF);
  if (end < 0) {
    if (bytes.length < V1_MAX) return undefined;
    throw new ParseError(bytes, V1_MAX, `a PROXY line has at most ${V1_MAX} bytes`);
  }
  if (bytes[end - 1] !== CR) throw new ParseError(bytes, end, "a PROXY line ends with CR LF");
  return { header: parseLine(bytes, end - 1), length: end + 1 };
}

function parseLine(bytes: Uint8Array, end: number): ProxyHeader {
  const words = new TextDecoder("latin1").decode(bytes.subarray(0, end)).split(" ");
  // Whatever follows UNKNOWN is to be ignored (section 2.1).
  if (words[1] === "UNKNOWN") return { version: 1, local: false, tlvs: [] };
  if (words[1] !== "TCP4" && words[1] !== "TCP6")
    throw new ParseError(bytes, 6, "a PROXY line says TCP4, TCP6 or UNKNOWN");
  if (words.length !== 6)
    throw new ParseError(bytes, end, "a PROXY line has two addresses and two ports, one space between each");
  const version = words[1] === "TCP4" ? 4 : 6;
  const [from, to] = [words[2]!, words[3]!].map((word) => addressOf(bytes, word, version));
  const [fromPort, toPort] = [words[4]!, words[5]!].map((word) => portOf(bytes, word));
  const source = new AddrPort(from!, fromPort!);
  const destination = new AddrPort(to!, toPort!);
  return { version: 1, local: false, tlvs: [], ends: { transport: "tcp", source, destination } };
}

function addressOf(bytes: Uint8Array, word: string, version: 4 | 6): Addr {
  const addr = Addr.tryParse(word);
  if (addr?.version !== version || addr.zone !== "")
    throw new ParseError(bytes, 11, `${JSON.stringify(word)} is no address of IPv${version}`);
  return addr;
}

function portOf(bytes: Uint8Array, word: string): number {
  if (!/^(?:0|[1-9]\d{0,4})$/.test(word) || Number(word) > 65_535)
    throw new ParseError(bytes, 11, `${JSON.stringify(word)} is no port`);
  return Number(word);
}

/** The line for a header. Throws RangeError for what version 1 cannot say. */
export function encodeV1(header: ProxyHeader): Uint8Array {
  const { ends } = header;
  if (header.tlvs.length > 0) throw new RangeError("version 1 of the PROXY header has no TLVs: use version 2");
  if (ends === undefined) return new TextEncoder().encode("PROXY UNKNOWN\r\n");
  if (ends.transport !== "tcp")
    throw new RangeError(`version 1 of the PROXY header cannot tell of ${ends.transport}: use version 2`);
  const { source, destination } = ends;
  const [from, to, kind] = sameVersion(source.addr, destination.addr);
  return new TextEncoder().encode(
    `PROXY ${kind} ${from.toString()} ${to.toString()} ${source.port} ${destination.port}\r\n`,
  );
}

function sameVersion(source: Addr, destination: Addr): [Addr, Addr, string] {
  const [a, b] = [source.unmap(), destination.unmap()];
  if (a.version === 4 && b.version === 4) return [a, b, "TCP4"];
  return [toV6(a), toV6(b), "TCP6"];
}

/** An address as version 6, an IPv4 one as ::ffff:a.b.c.d; without its zone, which means nothing elsewhere. */
export function toV6(addr: Addr): Addr {
  if (addr.version === 6) return addr.withZone("");
  return Addr.parse(`::ffff:${addr.toString()}`);
}
