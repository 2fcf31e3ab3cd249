import { Addr, Mac } from "../../src/addr/index.ts";
import { ParseError, readLatin1 } from "../../src/bytes/index.ts";
import type { Random } from "../../src/clock/index.ts";
import {
  decodePacket,
  encodePacket,
  ethernet,
  icmp,
  ipv4,
  ipv6,
  ipv6Extension,
  LINK_TYPE,
  PcapngReader,
  PcapngWriter,
  tcp,
  udp,
  verifyChecksums,
  vlan,
} from "../../src/packet/index.ts";
import { surrounded, type Target } from "./target.ts";

const LINK = ethernet({ source: Mac.parse("02:00:00:00:00:01"), destination: Mac.broadcast });
const V4 = ipv4({ source: Addr.parse("192.0.2.1"), destination: Addr.parse("192.0.2.2") });
const V6 = ipv6({ source: Addr.parse("2001:db8::1"), destination: Addr.parse("2001:db8::2") });
const TCP = tcp({
  sourcePort: 1,
  destinationPort: 2,
  sequence: 3,
  options: [
    { kind: "mss", value: 1460 },
    { kind: "sack", blocks: [{ left: 1, right: 2 }] },
  ],
});
const QUOTED = encodePacket([V4, udp({ sourcePort: 1, destinationPort: 2 })]);

const PACKETS: readonly Uint8Array[] = [
  encodePacket([LINK, V4, TCP], QUOTED),
  encodePacket([
    LINK,
    vlan({ vlan: 1, service: true }),
    vlan({ vlan: 2 }),
    V6,
    ipv6Extension(0, new Uint8Array(6)),
    TCP,
  ]),
  encodePacket([LINK, V4, icmp({ type: 3, code: 4 })], QUOTED),
  encodePacket([LINK, V4, V6, udp({ sourcePort: 1, destinationPort: 2 })], QUOTED),
];

/** Packets: whatever the bytes, they are decoded or refused, and nothing outside them is touched. */
export const packet: Target = {
  name: "packet",
  seeds: PACKETS.map((bytes) => readLatin1(bytes)),
  check(text, random) {
    const before = random.uint32() % 4;
    const bytes = surrounded(text, before).subarray(before, before + text.length);
    const wireLength = text.length + (random.uint32() % 3) * 700;
    const decoded = decodePacket(bytes, random.uint32() % 2 === 0 ? LINK_TYPE.ETHERNET : LINK_TYPE.RAW, { wireLength });
    verifyChecksums(decoded);
    for (const layer of decoded.layers) {
      if (layer.payload.length > bytes.length - layer.payloadStart) return `${layer.kind} reaches beyond the packet`;
      if (layer.kind === "tcp" || layer.kind === "ipv4") optionsOf(layer);
    }
    if (decoded.error !== undefined && decoded.error.offset > bytes.length) return "an error lies beyond the packet";
    return decoded.flow?.key === "" ? "a flow has no key" : undefined;
  },
};

function optionsOf(layer: { readonly options: readonly unknown[] }): readonly unknown[] {
  try {
    return layer.options;
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}

function captureFile(littleEndian: boolean): string {
  const parts: Uint8Array[] = [];
  const writer = new PcapngWriter((part) => parts.push(part), { application: "fuzz", littleEndian });
  writer.addInterface({ linkType: LINK_TYPE.ETHERNET, name: "a", snapLength: 60 });
  writer.packet({ interface: 0, timestamp: 1n, data: PACKETS[0]!, comment: "c", direction: "inbound" });
  writer.simplePacket(PACKETS[1]!);
  writer.names([{ addr: Addr.parse("192.0.2.1"), names: ["a.example"] }]);
  writer.secrets(1, PACKETS[2]!);
  writer.statistics({ interface: 0, timestamp: 1n, received: 1n });
  return parts.map((part) => readLatin1(part)).join("");
}

/** Capture files: read or refused, and the same however they are cut. */
export const capture: Target = {
  name: "capture file",
  seeds: [captureFile(true), captureFile(false), captureFile(true) + captureFile(false)],
  check(text, random) {
    const whole = read(text, text.length, random);
    const pieces = read(text, 1 + (random.uint32() % 40), random);
    return whole === pieces ? undefined : `whole it is ${whole}, in pieces ${pieces}`;
  },
};

/** What the reader makes of a file: its blocks in short, and the fault. */
function read(text: string, most: number, random: Random): string {
  const before = random.uint32() % 4;
  const bytes = surrounded(text, before).subarray(before, before + text.length);
  const reader = new PcapngReader({ maxBlock: 4096 });
  const seen: string[] = [];
  const keep = (blocks: ReturnType<PcapngReader["push"]>): void => {
    for (const block of blocks)
      seen.push(block.kind === "packet" ? `${block.data.length}/${block.wireLength}` : block.kind);
  };
  try {
    for (let at = 0; at < bytes.length; at += most) keep(reader.push(bytes.subarray(at, at + most)));
    reader.end();
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    keep(reader.rest());
    seen.push(error.reason);
  }
  return seen.join(" ");
}
