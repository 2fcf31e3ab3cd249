import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Addr, AddrPort, UnixAddress } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import { PROXY_TLV, type ProxiedEnds, type ProxyHeader } from "./proxy-header.ts";
import { encodeProxyHeader, parseProxyHeader } from "./proxy-header-wire.ts";

const text = (line: string): Uint8Array => Uint8Array.from(line, (char) => char.charCodeAt(0));
const hex = (digits: string): Uint8Array => Uint8Array.fromHex(digits.replaceAll(" ", ""));
const SIGNATURE = "0d0a0d0a000d0a515549540a";

function told(bytes: Uint8Array): string | undefined {
  const ends = parseProxyHeader(bytes)?.header.ends;
  return ends === undefined ? undefined : `${ends.transport} ${ends.source.toString()} ${ends.destination.toString()}`;
}

function failure(bytes: Uint8Array, limits = {}): string {
  try {
    return `no failure: ${JSON.stringify(parseProxyHeader(bytes, limits))}`;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return error.reason;
  }
}

describe("version 1", () => {
  test("the examples of the specification", () => {
    const line = "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n";
    expect(told(text(line))).toBe("tcp 255.255.255.255:65535 255.255.255.255:65535");
    const long = "ffff:f...f:ffff".replace("f...f", "ffff:ffff:ffff:ffff:ffff:ffff");
    expect(told(text(`PROXY TCP6 ${long} ${long} 65535 65535\r\n`))).toBe(`tcp [${long}]:65535 [${long}]:65535`);
    expect(parseProxyHeader(text("PROXY UNKNOWN\r\nGET /"))).toEqual({
      header: { version: 1, local: false, tlvs: [] },
      length: 15,
    });
    const worst = `PROXY UNKNOWN ${long} ${long} 65535 65535\r\n`;
    expect(worst.length).toBe(107);
    expect(parseProxyHeader(text(worst))?.length).toBe(107);
  });

  test("what is none says why", () => {
    const lines: [string, string][] = [
      ["GET / HTTP/1.1\r\n", "this is no PROXY header of version 1 or 2"],
      ["PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", "a PROXY line says TCP4, TCP6 or UNKNOWN"],
      ["PROXY\tTCP4 1.2.3.4 1.2.3.4 1 2\r\n", "this is no PROXY header of version 1 or 2"],
      ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", "a PROXY line ends with CR LF"],
      ["PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", "a PROXY line has two addresses and two ports, one space between each"],
      ["PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "a PROXY line has two addresses and two ports, one space between each"],
      ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", "a PROXY line has two addresses and two ports, one space between each"],
      ["PROXY TCP4 ::1 1.2.3.4 1 2\r\n", '"::1" is no address of IPv4'],
      ["PROXY TCP6 1.2.3.4 ::1 1 2\r\n", '"1.2.3.4" is no address of IPv6'],
      ["PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", '"fe80::1%eth0" is no address of IPv6'],
      ["PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", '"01.2.3.4" is no address of IPv4'],
      ["PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", '"01" is no port'],
      ["PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", '"65536" is no port'],
      ["PROXY TCP4 1.2.3.4 1.2.3.4 1 -1\r\n", '"-1" is no port'],
      [`PROXY UNKNOWN ${"x".repeat(107)}`, "a PROXY line has at most 107 bytes"],
    ];
    expect(lines.map(([line]) => failure(text(line)))).toEqual(lines.map(([, reason]) => reason));
  });

  test("is waited for no longer than it can still become one", () => {
    expect(parseProxyHeader(text(""))).toBe(undefined);
    expect(parseProxyHeader(text("PRO"))).toBe(undefined);
    expect(failure(text("PRX"))).toBe("this is no PROXY header of version 1 or 2");
    expect(failure(text("PROXY TCP4 "), { versions: [2] })).toBe("this is no PROXY header of version 2");
    expect(failure(hex("0d0a"), { versions: [1] })).toBe("this is no PROXY header of version 1");
  });
});

describe("version 2", () => {
  test("TCP and UDP, IPv4 and IPv6", () => {
    const v4 = "c0000201 cb007102 8000 01bb";
    expect(told(hex(`${SIGNATURE} 21 11 000c ${v4}`))).toBe("tcp 192.0.2.1:32768 203.0.113.2:443");
    expect(told(hex(`${SIGNATURE} 21 12 000c ${v4}`))).toBe("udp 192.0.2.1:32768 203.0.113.2:443");
    const v6 = `20010db8${"0".repeat(23)}1 20010db8${"0".repeat(23)}2 8000 01bb`;
    expect(told(hex(`${SIGNATURE} 21 21 0024 ${v6}`))).toBe("tcp [2001:db8::1]:32768 [2001:db8::2]:443");
    expect(told(hex(`${SIGNATURE} 21 22 0024 ${v6}`))).toBe("udp [2001:db8::1]:32768 [2001:db8::2]:443");
  });

  test("Unix sockets, abstract ones too", () => {
    const path = (name: string): string => text(name.padEnd(108, "\0")).toHex();
    const bytes = hex(`${SIGNATURE} 21 31 00d8 ${path("/run/a.sock")} ${path("\0name")}`);
    expect(told(bytes)).toBe("unix /run/a.sock @name");
    expect(told(hex(`${SIGNATURE} 21 32 00d8 ${path("")} ${path("/b")}`))).toBe("unixgram  /b");
  });

  test("LOCAL and what has no address stand for the connection itself", () => {
    expect(parseProxyHeader(hex(`${SIGNATURE} 20 00 0000`))?.header).toEqual({ version: 2, local: true, tlvs: [] });
    expect(parseProxyHeader(hex(`${SIGNATURE} 20 11 0003 ffffff`))?.length).toBe(19);
    expect(told(hex(`${SIGNATURE} 21 00 0000`))).toBe(undefined);
    expect(told(hex(`${SIGNATURE} 21 10 000c 01020304 01020304 0001 0002`))).toBe(undefined);
  });

  test("TLVs in order, without padding", () => {
    const tlvs = "01 0002 6832  04 0003 000000  e0 0000  02 0001 61";
    const parsed = parseProxyHeader(hex(`${SIGNATURE} 21 00 0012 ${tlvs}`));
    expect(parsed?.header.tlvs).toEqual([
      { type: PROXY_TLV.ALPN, value: text("h2") },
      { type: 0xe0, value: text("") },
      { type: PROXY_TLV.AUTHORITY, value: text("a") },
    ]);
  });

  test("what is none says why", () => {
    const cases: [string, string][] = [
      [`${SIGNATURE} 31 11 000c`, "the PROXY header is of an unknown version"],
      [`${SIGNATURE} 22 11 000c`, "the PROXY header has an unknown command"],
      [`${SIGNATURE} 21 41 000c`, "the PROXY header has an unknown family or transport"],
      [`${SIGNATURE} 21 13 000c`, "the PROXY header has an unknown family or transport"],
      [`${SIGNATURE} 21 11 000b ${"00".repeat(11)}`, "a PROXY header of this family has at least 28 bytes, not 27"],
      [`${SIGNATURE} 21 00 0002 0100`, "a TLV reaches beyond the end of the PROXY header"],
      [`${SIGNATURE} 21 00 0004 01000200`, "a TLV reaches beyond the end of the PROXY header"],
      [`${SIGNATURE} 21 00 0084 050081${"00".repeat(129)}`, "a unique id has at most 128 bytes"],
      [`${SIGNATURE} 21 00 0005 0300020000`, "the checksum of a PROXY header has 4 bytes"],
      [`${SIGNATURE} 21 00 0007 03000400000000`, "the checksum of the PROXY header is wrong"],
      [`${SIGNATURE} 21 00 0ff1`, "the PROXY header has 4097 bytes, more than the 4096 allowed"],
    ];
    expect(cases.map(([digits]) => failure(hex(digits)))).toEqual(cases.map(([, reason]) => reason));
  });
});

const ends: fc.Arbitrary<ProxiedEnds> = fc.oneof(
  fc.record({
    transport: fc.constantFrom("tcp" as const, "udp" as const),
    source: fc.tuple(fc.ipV4(), fc.nat(65_535)).map(([ip, port]) => new AddrPort(Addr.parse(ip), port)),
    destination: fc.tuple(fc.ipV4(), fc.nat(65_535)).map(([ip, port]) => new AddrPort(Addr.parse(ip), port)),
  }),
  fc.record({
    transport: fc.constantFrom("unix" as const, "unixgram" as const),
    source: fc.constantFrom("", "/run/x", "@abstract", `/${"y".repeat(107)}`).map((path) => new UnixAddress(path)),
    destination: fc.constantFrom("", "/run/x").map((path) => new UnixAddress(path)),
  }),
);

describe("both ways", () => {
  test("what is written is read, cut anywhere and with bytes behind it", () => {
    const tlvs = fc.array(
      fc.record({ type: fc.constantFrom(1, 2, 5, 0x20, 0xe0), value: fc.uint8Array({ maxLength: 60 }) }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(ends, tlvs, fc.boolean(), fc.uint8Array({ maxLength: 9 }), (each, more, checksum, rest) => {
        const header: ProxyHeader = { version: 2, local: false, ends: each, tlvs: more };
        const bytes = encodeProxyHeader(header, { checksum });
        for (const cut of [0, 11, 15, bytes.length - 1])
          expect(parseProxyHeader(bytes.subarray(0, Math.min(cut, bytes.length - 1)))).toBe(undefined);
        const all = Uint8Array.from([...bytes, ...rest]);
        const parsed = parseProxyHeader(all)!;
        expect(parsed.length).toBe(bytes.length);
        expect(told(all)).toBe(`${each.transport} ${each.source.toString()} ${each.destination.toString()}`);
        expect(parsed.header.tlvs).toEqual(more);
      }),
    );
  });

  test("a bit that flipped is caught by the checksum", () => {
    const header: ProxyHeader = { version: 2, local: false, tlvs: [{ type: 2, value: text("host") }] };
    const bytes = encodeProxyHeader(header, { checksum: true });
    for (let at = 16 + 3; at < 16 + 3 + 4; at++) {
      const bad = bytes.slice();
      bad[at]! ^= 1;
      expect(failure(bad)).toBe("the checksum of the PROXY header is wrong");
    }
  });

  test("what a version cannot tell is refused", () => {
    const tcp = {
      transport: "tcp",
      source: AddrPort.parse("1.2.3.4:5"),
      destination: AddrPort.parse("[::1]:6"),
    } as const;
    const v1 = (header: Omit<ProxyHeader, "version" | "local">): Uint8Array =>
      encodeProxyHeader({ version: 1, local: false, ...header });
    expect(new TextDecoder().decode(v1({ ends: tcp, tlvs: [] }))).toBe("PROXY TCP6 ::ffff:1.2.3.4 ::1 5 6\r\n");
    expect(told(encodeProxyHeader({ version: 2, local: false, ends: tcp, tlvs: [] }))).toBe(
      "tcp [::ffff:1.2.3.4]:5 [::1]:6",
    );
    expect(() => v1({ ends: { ...tcp, transport: "udp" }, tlvs: [] })).toThrow("cannot tell of udp: use version 2");
    expect(() => v1({ tlvs: [{ type: 1, value: text("") }] })).toThrow("has no TLVs: use version 2");
    const long = [{ type: 1, value: new Uint8Array(65_533) }];
    expect(() => encodeProxyHeader({ version: 2, local: false, tlvs: long })).toThrow("at most 65535 bytes");
    const type = [{ type: 256, value: text("") }];
    expect(() => encodeProxyHeader({ version: 2, local: false, tlvs: type })).toThrow("from 0 to 255, not 256");
    const path = new UnixAddress("x".repeat(109));
    const unix = { transport: "unix", source: path, destination: path } as const;
    expect(() => encodeProxyHeader({ version: 2, local: false, ends: unix, tlvs: [] })).toThrow("at most 108 bytes");
  });
});
