import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Addr, Mac } from "../../src/addr/index.ts";
import {
  arp,
  checksumState,
  decodePacket,
  encodePacket,
  ethernet,
  type HeaderBuilder,
  icmp,
  icmpv6,
  IP_PROTOCOL,
  ipv4,
  ipv6,
  ipv6Extension,
  ipv6Fragment,
  LINK_TYPE,
  type PcapngPacket,
  PcapngReader,
  PcapngWriter,
  PcapReader,
  PcapWriter,
  SECRETS_TYPE,
  tcp,
  TCP_FLAGS,
  udp,
  vlan,
} from "../../src/packet/index.ts";
import { capinfos, complaintsOf, dumpcap, editcap, fieldsOf, run, save, tshark } from "./wireshark.ts";

const TIME = 1_700_000_000_123_456_789n;
const A = Addr.parse("192.0.2.1");
const B = Addr.parse("198.51.100.2");
const A6 = Addr.parse("2001:db8::1");
const B6 = Addr.parse("2001:db8::2");
const LINK = ethernet({ source: Mac.parse("02:00:00:00:00:0a"), destination: Mac.parse("02:00:00:00:00:0b") });
const V4 = ipv4({ source: A, destination: B });
const V6 = ipv6({ source: A6, destination: B6 });
const UDP = udp({ sourcePort: 40_000, destinationPort: 40_001 });
const TCP = tcp({
  sourcePort: 40_000,
  destinationPort: 40_001,
  sequence: 0xffff_ffff,
  flags: TCP_FLAGS.SYN,
  options: [
    { kind: "mss", value: 1460 },
    { kind: "sackPermitted" },
    { kind: "timestamps", value: 1, echo: 0 },
    { kind: "windowScale", shift: 7 },
  ],
});
const TEXT = new TextEncoder().encode("some text");

/** Packets of every kind that is written here, by what Wireshark should see in them. */
const PACKETS: readonly (readonly [protocols: string, headers: readonly HeaderBuilder[], payload?: Uint8Array])[] = [
  ["eth:ethertype:ip:tcp", [LINK, V4, TCP]],
  ["eth:ethertype:ipv6:tcp", [LINK, V6, TCP]],
  ["eth:ethertype:ip:udp:data", [LINK, V4, UDP], TEXT],
  ["eth:ethertype:ipv6:udp:data", [LINK, V6, UDP], TEXT],
  ["eth:ethertype:vlan:ethertype:ip:udp:data", [LINK, vlan({ vlan: 7, priority: 3 }), V4, UDP], TEXT],
  [
    "eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:ip:udp:data",
    [LINK, vlan({ vlan: 100, service: true }), vlan({ vlan: 7 }), V4, UDP],
    TEXT,
  ],
  [
    "eth:ethertype:arp",
    [
      LINK,
      arp({
        operation: 2,
        senderMac: Mac.parse("02:00:00:00:00:0a"),
        sender: A,
        targetMac: Mac.parse("02:00:00:00:00:0b"),
        target: B,
      }),
    ],
  ],
  ["eth:ethertype:ip:icmp:data", [LINK, V4, icmp({ type: 8, rest: 0x0001_0001 })], new Uint8Array(56).fill(7)],
  ["eth:ethertype:ipv6:icmpv6:data", [LINK, V6, icmpv6({ type: 128, rest: 0x0001_0001 })], new Uint8Array(56).fill(7)],
  [
    "eth:ethertype:ip:udp:data",
    [LINK, ipv4({ source: A, destination: B, options: Uint8Array.of(148, 4, 0, 0) }), UDP],
    TEXT,
  ],
  [
    "eth:ethertype:ipv6:ipv6.hopopts:ipv6.dstopts:ipv6.fraghdr:udp:data",
    [
      LINK,
      V6,
      ipv6Extension(IP_PROTOCOL.HOP_BY_HOP, Uint8Array.of(5, 2, 0, 0, 1, 0)),
      ipv6Extension(IP_PROTOCOL.DESTINATION, Uint8Array.of(1, 4, 0, 0, 0, 0)),
      ipv6Fragment({ identification: 1, fragmentOffset: 0, moreFragments: false }),
      UDP,
    ],
    TEXT,
  ],
  ["eth:ethertype:ip:ipv6:udp:data", [LINK, V4, V6, UDP], TEXT],
];
const ENCODED = PACKETS.map(([, headers, payload]) => encodePacket(headers, payload));

function packetsOf(bytes: Uint8Array): PcapngPacket[] {
  const reader = new PcapngReader();
  const blocks = reader.push(bytes);
  reader.end();
  return blocks.filter((block) => block.kind === "packet");
}

describe.skipIf(!tshark.available)(`Wireshark and ours agree${tshark.skipped}`, () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "netwright-packet-"));
  });
  afterAll(async () => rm(dir, { recursive: true }));

  /** A file of ENCODED with a comment and a direction each. */
  async function written(name: string, littleEndian: boolean): Promise<string> {
    const parts: Uint8Array[] = [];
    const writer = new PcapngWriter((part) => parts.push(part), { application: "netwright", littleEndian });
    const id = writer.addInterface({ linkType: LINK_TYPE.ETHERNET, name: "made", description: "up" });
    writer.names([{ addr: A, names: ["one.example"] }]);
    writer.secrets(SECRETS_TYPE.TLS_KEY_LOG, new TextEncoder().encode("# none\n"));
    // A type of the range for local use.
    writer.block(0x8000_0001, Uint8Array.of(1, 2, 3, 4));
    ENCODED.forEach((data, i) => {
      const direction = i % 2 === 0 ? "inbound" : "outbound";
      writer.packet({ interface: id, timestamp: TIME + BigInt(i), data, comment: `number ${i}`, direction });
    });
    writer.statistics({ interface: id, timestamp: TIME, received: 99n, dropped: 1n });
    const path = join(dir, name);
    await save(path, parts);
    return path;
  }

  test.each([true, false])(
    "it reads every packet and block that is written, little-endian: %p",
    async (littleEndian) => {
      const path = await written(`all-${littleEndian}.pcapng`, littleEndian);
      const rows = await fieldsOf(path, [
        "frame.protocols",
        "frame.time_epoch",
        "frame.comment",
        "frame.interface_name",
      ]);
      expect(rows).toEqual(
        PACKETS.map(([protocols], i) => [protocols, `1700000000.${123_456_789 + i}`, `number ${i}`, "made"]),
      );
      expect(await complaintsOf(path)).toEqual([]);
      const flags = await fieldsOf(path, ["frame.packet_flags_direction"]);
      expect(flags.map(([flag]) => Number(flag))).toEqual(ENCODED.map((_, i) => (i % 2) + 1));
    },
  );

  test("the judge does judge: a checksum that is off by one bit is complained of", async () => {
    const parts: Uint8Array[] = [];
    const writer = new PcapWriter((part) => parts.push(part), { linkType: LINK_TYPE.ETHERNET });
    for (const at of [24, 40]) {
      const bytes = new Uint8Array(ENCODED[2]!);
      bytes[at]! ^= 1;
      writer.packet(TIME, bytes);
    }
    await save(join(dir, "bad.pcap"), parts);
    expect((await complaintsOf(join(dir, "bad.pcap"))).length).toBe(2);
  });

  test("the fields of a packet are what was put in", async () => {
    const path = await written("fields.pcapng", true);
    const names = ["ip.src", "tcp.seq_raw", "tcp.options.mss_val", "tcp.options.wscale.shift", "vlan.id", "arp.opcode"];
    const rows = await fieldsOf(path, names);
    expect(rows[0]).toEqual(["192.0.2.1", "4294967295", "1460", "7", "", ""]);
    expect(rows[4]!.slice(4)).toEqual(["7", ""]);
    expect(rows[5]!.slice(4)).toEqual(["7", ""]);
    expect(rows[6]!.slice(4)).toEqual(["", "2"]);
  });

  test.skipIf(!capinfos.available)(`capinfos counts what is there${capinfos.skipped}`, async () => {
    const info = await run(capinfos.path, [await written("info.pcapng", true)]);
    expect(info).toMatch(new RegExp(`Number of packets: +${PACKETS.length}\n`));
    expect(info).toMatch(/File timestamp precision: +nanoseconds/);
    expect(info).toMatch(/Capture application: +netwright/);
    expect(info).toMatch(/Number of decryption secrets in file: +1\n/);
  });

  test.each([
    ["pcap", 1000n],
    ["nsecpcap", 1n],
  ])("a file that editcap made as %s is read", async (format, unit) => {
    const path = join(dir, `by-editcap.${format}`);
    await run(editcap.path, ["-F", format, await written("in.pcapng", true), path]);
    const reader = new PcapReader();
    const packets = reader.push(await readFile(path));
    reader.end();
    expect(reader.header).toMatchObject({ linkType: LINK_TYPE.ETHERNET, nanoseconds: unit === 1n });
    expect(packets.map(({ data }) => Buffer.from(data).toString("hex"))).toEqual(
      ENCODED.map((data) => Buffer.from(data).toString("hex")),
    );
    expect(packets.map(({ timestamp }) => timestamp)).toEqual(
      ENCODED.map((_, i) => ((TIME + BigInt(i)) / unit) * unit),
    );
  });

  test("a pcapng file that editcap wrote and cut is read, with its cut told", async () => {
    const path = join(dir, "cut.pcapng");
    await run(editcap.path, ["-s", "40", await written("in.pcapng", false), path]);
    const packets = packetsOf(await readFile(path));
    expect(packets.map(({ data, wireLength }) => [data.length, wireLength])).toEqual(
      ENCODED.map(({ length }) => [Math.min(40, length), length]),
    );
    expect(packets.map(({ timestamp }) => timestamp)).toEqual(ENCODED.map((_, i) => TIME + BigInt(i)));
    expect(packets.map(({ comments }) => comments)).toEqual(ENCODED.map((_, i) => [`number ${i}`]));
    for (const { data, wireLength } of packets) {
      const packet = decodePacket(data, LINK_TYPE.ETHERNET, { wireLength });
      expect([packet.error, packet.truncated]).toEqual([undefined, wireLength > 40]);
    }
  });

  test("classic pcap files of ours are read by it, in both units", async () => {
    for (const nanoseconds of [true, false]) {
      const parts: Uint8Array[] = [];
      const writer = new PcapWriter((part) => parts.push(part), { linkType: LINK_TYPE.ETHERNET, nanoseconds });
      for (const data of ENCODED) writer.packet(TIME, data);
      const path = join(dir, `ours-${nanoseconds}.pcap`);
      await save(path, parts);
      const rows = await fieldsOf(path, ["frame.protocols", "frame.time_epoch"]);
      expect(rows).toEqual(
        PACKETS.map(([protocols]) => [protocols, nanoseconds ? "1700000000.123456789" : "1700000000.123456000"]),
      );
      expect(await complaintsOf(path)).toEqual([]);
    }
  });

  test("sections of both byte orders in one file", async () => {
    const parts = [
      await readFile(await written("one.pcapng", true)),
      await readFile(await written("two.pcapng", false)),
    ];
    const path = join(dir, "sections.pcapng");
    await save(path, parts);
    const rows = await fieldsOf(path, ["frame.section_number", "frame.protocols"]);
    expect(rows.length).toBe(2 * PACKETS.length);
    expect(packetsOf(await readFile(path)).length).toBe(rows.length);
  });

  const isRoot = process.getuid?.() === 0;
  const needsRoot = isRoot ? "" : " (skipped: capturing needs root)";
  test.skipIf(!dumpcap.available || !isRoot)(
    `what dumpcap captures on the loopback is read, its checksums told as good or left to the card${dumpcap.skipped}${needsRoot}`,
    async () => {
      const path = join(dir, "live.pcapng");
      const receiver = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
      const sender = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
      const child = Bun.spawn(
        [dumpcap.path, "-i", "lo", "-c", "5", "-f", `udp dst port ${receiver.port}`, "-w", path],
        { stdin: "ignore", stdout: "ignore", stderr: "pipe" },
      );
      // What is sent before it listens is not captured: it is sent until enough was.
      let done = false;
      void child.exited.then(() => (done = true));
      for (let i = 0; !done; i++) {
        sender.send(`datagram ${i}`, receiver.port, "127.0.0.1");
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      expect([await child.exited, child.exitCode === 0 ? "" : await child.stderr.text()]).toEqual([0, ""]);
      receiver.close();
      sender.close();
      const packets = packetsOf(await readFile(path));
      expect(packets.length).toBe(5);
      for (const { data, wireLength, interface: on } of packets) {
        const packet = decodePacket(data, on.linkType, { wireLength });
        expect([packet.error, on.name, packet.udp?.destinationPort]).toEqual([undefined, "lo", receiver.port]);
        expect(new TextDecoder().decode(packet.payload)).toMatch(/^datagram \d+$/);
        expect(["good", "offloaded"]).toContain(checksumState(packet, packet.layers.length - 1)!);
      }
    },
  );
});
