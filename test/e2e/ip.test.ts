import { describe, expect, test } from "bun:test";
import { isIP } from "node:net";
import { useStage } from "./stage.ts";

const stage = useStage();

/** Runs `netwright ip`, with what stdin has. */
async function ip(args: string, stdin?: string): Promise<{ code: number; out: string; err: string }> {
  const child = stage.start(["ip", ...args.split(" ").filter(Boolean)], stdin === undefined ? {} : { stdin });
  const code = await child.exited;
  return { code, out: child.stdout, err: child.stderr };
}

/** A table's rows by their names; a row without a name belongs to the one above. */
function rowsOf(table: string): Record<string, string> {
  const rows: Record<string, string> = {};
  let name = "";
  for (const line of table.split("\n").filter(Boolean)) {
    const [, label = "", value = ""] = /^(\S+(?: \S+)*)?\s+(.*)$/.exec(line) ?? [];
    name = label === "" ? name : label;
    rows[name] = rows[name] === undefined ? value : `${rows[name]}; ${value}`;
  }
  return rows;
}

describe("netwright ip", () => {
  test("explains an IPv6 address in a table", async () => {
    const { code, out, err } = await ip("2001:DB8::0001");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(rowsOf(out)).toEqual({
      address: "2001:db8::1",
      expanded: "2001:0db8:0000:0000:0000:0000:0000:0001",
      version: "IPv6",
      category: "unicast, documentation",
      registry: "Documentation: 2001:db8::/32, RFC 3849, since 2004-07",
      allows: "source no, destination no, forwarding no; globally reachable no, reserved by protocol no",
      solicited: "ff02::1:ff00:1",
      reverse: "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
      integer: "42540766411282592856903984951653826561",
      hex: "0x20010db8000000000000000000000001",
    });
  });

  test("explains an address for programs", async () => {
    const { code, out } = await ip("2001:db8::1 --json");
    expect(code).toBe(0);
    const explained: unknown = JSON.parse(out);
    expect(explained).toMatchObject({
      input: "2001:db8::1",
      kind: "address",
      version: 6,
      address: "2001:db8::1",
      category: "unicast",
      kinds: ["documentation"],
      registry: { block: "2001:db8::/32", rfc: "RFC 3849", globallyReachable: false },
      globallyReachable: false,
      integer: "42540766411282592856903984951653826561",
    });
  });

  test("explains what an address holds inside, and groups", async () => {
    const { out } = await ip(
      "64:ff9b::10.0.0.1 2001:0:4136:e378:8000:63bf:3fff:fdd2 fe80::3656:78ff:fe9a:bcde ff02::fb 192.0.0.9",
    );
    const [nat64, teredo, linkLocal, group, anycast] = out.split("\n\n").map(rowsOf);
    expect(nat64).toMatchObject({ inside: "10.0.0.1 (nat64)", reachable: "not globally, as the IPv4 address inside" });
    expect(teredo).toMatchObject({ inside: "192.0.2.45 (teredo, port 40000, by the server 65.54.227.120)" });
    expect(linkLocal).toMatchObject({ category: "unicast, link-local", hardware: "34:56:78:9a:bc:de" });
    expect(group).toMatchObject({ multicast: "mDNS, link-local scope, sent to 33:33:00:00:00:fb" });
    expect(anycast).toMatchObject({ anycast: "Port Control Protocol anycast (RFC 7723)" });
  });

  test("explains a prefix, and the address with its host bits", async () => {
    const { out } = await ip("10.1.2.3/19");
    const [prefix = "", address = ""] = out.split("\n\n");
    expect(rowsOf(prefix)).toMatchObject({
      prefix: "10.1.0.0/19",
      mask: "255.255.224.0",
      wildcard: "0.0.31.255",
      first: "10.1.0.0",
      last: "10.1.31.255",
      addresses: "8,192",
      broadcast: "10.1.31.255",
      hosts: "10.1.0.1 - 10.1.31.254, 8,190",
      registry: "Private-Use: 10.0.0.0/8, RFC 1918, since 1996-02",
    });
    expect(rowsOf(address)).toMatchObject({
      address: "10.1.2.3",
      reverse: "3.2.1.10.in-addr.arpa",
      integer: "167838211",
      binary: "00001010.00000001.00000010.00000011",
    });
    const json: unknown = JSON.parse((await ip("10.1.2.3/19 --json")).out);
    expect(json).toMatchObject({ addresses: "8192", hosts: "8190", address: { address: "10.1.2.3" } });
  });

  test("knows the small and the special prefixes", async () => {
    const { out } = await ip("10.0.0.0/31 10.0.0.1/32 2001:db8::/127 224.0.0.0/4 172.16.0.0/255.240.0.0 192.0.0.0/23");
    const [pair, single, v6Pair, groups, masked, mixed] = out.split("\n\n").map(rowsOf);
    expect(pair).toMatchObject({ hosts: "10.0.0.0 - 10.0.0.1, 2" });
    expect(pair).not.toHaveProperty("broadcast");
    expect(single).toMatchObject({ hosts: "10.0.0.1 - 10.0.0.1, 1" });
    expect(v6Pair).toMatchObject({ hosts: "2001:db8:: - 2001:db8::1, 2" });
    expect(groups).not.toHaveProperty("hosts");
    expect(masked).toMatchObject({ prefix: "172.16.0.0/12" });
    expect(mixed).toMatchObject({ registry: "no special purpose" });
    expect(mixed?.["has inside"]).toContain("192.0.0.170/32, NAT64/DNS64 Discovery");
  });

  test("explains a hardware address", async () => {
    const { out } = await ip("34-56-78-9A-BC-DE");
    expect(rowsOf(out)).toMatchObject({ hardware: "34:56:78:9a:bc:de", "link-local": "fe80::3656:78ff:fe9a:bcde" });
  });

  test.each([
    ["10.0.0.256", 'cannot parse "10.0.0.256": an IPv4 part is above 255\n  10.0.0.256\n         ^\n'],
    ["010.0.0.1", "an IPv4 part has a leading zero\n  010.0.0.1\n  ^\n"],
    ["10.0.0.0/33", "the length is a number from 0 to 32\n  10.0.0.0/33\n           ^\n"],
    ["2001:db8::1::2", "an IPv6 address has more than one ::\n  2001:db8::1::2\n             ^\n"],
    ["10.0.0.0/255.0.255.0", "the ones of the mask do not stand together"],
    ["example.com", "an IPv4 address holds a character that is no digit\n  example.com\n  ^\n"],
    ["splt", "neither an address nor one of split, merge, range, contains"],
    [
      "10.0.0.1\u009b31m",
      'cannot parse "10.0.0.1\\u009b31m": an IPv4 address holds a character that is no digit (at 8)\n',
    ],
    ["fe80::1%eth0/64", "zone"],
  ])("refuses %s with why and where", async (text, message) => {
    const { code, out, err } = await ip(text);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toStartWith("netwright: ");
    expect(err).toContain(message);
  });

  test("reads stdin, tells the bad lines and explains the others", async () => {
    const { code, out, err } = await ip("- --json", "10.0.0.1\n\n# a comment\n10.0.0.999 # too large\r\n::1");
    expect(code).toBe(2);
    expect(err).toStartWith('netwright: line 4 of stdin: cannot parse "10.0.0.999": an IPv4 part is above 255\n');
    const addresses = out
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(addresses).toMatchObject([{ address: "10.0.0.1" }, { address: "::1" }]);
  });
});

describe("netwright ip split", () => {
  test.each([
    ["10.1.0.0/19 4", "10.1.0.0/21 10.1.8.0/21 10.1.16.0/21 10.1.24.0/21"],
    ["10.0.0.0/24 /26", "10.0.0.0/26 10.0.0.64/26 10.0.0.128/26 10.0.0.192/26"],
    ["10.0.0.0/24 3", "10.0.0.0/25 10.0.0.128/26 10.0.0.192/26"],
    ["2001:db8::/32 /33", "2001:db8::/33 2001:db8:8000::/33"],
    ["10.0.0.0/30 /30", "10.0.0.0/30"],
  ])("of %s", async (args, parts) => {
    const { code, out } = await ip(`split ${args}`);
    expect({ code, parts: out }).toEqual({ code: 0, parts: `${parts.replaceAll(" ", "\n")}\n` });
    const json: unknown = JSON.parse((await ip(`split ${args} --json`)).out);
    expect(json).toEqual(parts.split(" "));
  });

  test.each([
    ["10.0.0.0/24 /20", "24 to 32 bits long, not 20"],
    ["10.0.0.0/24 0", "1 to 256 parts, not 0"],
    ["10.0.0.0/24 257", "1 to 256 parts, not 257"],
    ["10.0.0.0/24 x", "into how many parts"],
    ["2001:db8::/32 /128", "more than 16777216"],
    ["10.0.0.0 4", "length"],
  ])("refuses %s", async (args, message) => {
    const { code, out, err } = await ip(`split ${args}`);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  test("prints many parts", async () => {
    const lines = (await ip("split ::/0 /16")).out.trimEnd().split("\n");
    expect(lines).toHaveLength(65_536);
    expect(lines.at(-1)).toBe("ffff::/16");
    expect(lines.every((line) => isIP(line.slice(0, line.indexOf("/"))) === 6)).toBe(true);
  });
});

describe("netwright ip merge and range", () => {
  test.each([
    ["merge 10.0.0.0/25 10.0.0.128/25 10.0.1.0-10.0.1.255", "10.0.0.0/23"],
    ["merge 10.0.0.3 10.0.0.2 ::1 10.0.0.2/31", "10.0.0.2/31 ::1/128"],
    ["merge 10.0.0.0/8 10.1.2.3", "10.0.0.0/8"],
    ["range 10.0.0.5-10.0.0.9", "10.0.0.5/32 10.0.0.6/31 10.0.0.8/31"],
    ["range 0.0.0.0-255.255.255.255", "0.0.0.0/0"],
    ["range ::-::fffe", "::/113 ::8000/114"],
  ])("%s", async (args, prefixes) => {
    const { code, out, err } = await ip(args);
    const [first = "", second = ""] = prefixes.split(" ");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toStartWith(second === "" ? `${first}\n` : `${first}\n${second}\n`);
  });

  test("merge reads stdin, and prints nothing when a line is bad", async () => {
    expect(await ip("merge - --json", "10.0.0.0/25\n10.0.0.128/25\n")).toMatchObject({
      code: 0,
      out: '["10.0.0.0/24"]\n',
    });
    const { code, out, err } = await ip("merge -", "10.0.0.0/25\n10.0.0.9-10.0.0.5\n");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("line 2 of stdin");
    expect(err).toContain("the range goes down");
  });
});

describe("netwright ip contains", () => {
  test.each([
    ["10.0.0.0/8 10.1.2.3 10.255.0.0/16", 0],
    ["10.0.0.0/8 10.1.2.3 11.0.0.0", 1],
    ["10.0.0.0/8 10.0.0.0/7", 1],
    ["10.0.0.0/8 ::ffff:10.0.0.1", 1],
    ["fe80::/10 fe80::1%eth0", 0],
    ["10.0.0.0/8 10.0.0.x", 2],
    ["10.0.0.0 10.0.0.0", 2],
  ])("%s ends with %d", async (args, expected) => {
    expect((await ip(`contains ${args}`)).code).toBe(expected);
    expect(await ip(`contains --quiet ${args}`)).toMatchObject({ code: expected, out: "" });
  });

  test("tells each of them", async () => {
    expect((await ip("contains 10.1.2.3/8 10.1.2.3 11.0.0.0")).out).toBe(
      "10.1.2.3 is in 10.0.0.0/8\n11.0.0.0 is not in 10.0.0.0/8\n",
    );
    expect(await ip("contains 10.0.0.0/8 - --json", "10.0.0.1\n")).toEqual({
      code: 0,
      out: '{"prefix":"10.0.0.0/8","target":"10.0.0.1","contains":true}\n',
      err: "",
    });
  });
});
