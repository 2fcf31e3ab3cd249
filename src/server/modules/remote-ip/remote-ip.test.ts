import { describe, expect, test } from "bun:test";
import { AddrPort } from "../../../addr/index.ts";
import type { Exchange } from "../../../http/message/index.ts";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { matches, provisionMatch } from "../../../../test/server/matches.ts";
import { compileTemplate, type ProvisionContext } from "../../module/index.ts";
import { remoteIp } from "./remote-ip.ts";

async function holds(ranges: readonly string[], remote: string): Promise<boolean> {
  const context = { path: [], template: (text: string) => compileTemplate(text) } as unknown as ProvisionContext;
  const matcher = await remoteIp.provision({ ranges }, context);
  return matcher.match({ remote: AddrPort.parse(remote), hasVars: false } as unknown as Exchange);
}

describe("remote_ip", () => {
  const cases: readonly (readonly [ranges: readonly string[], remote: string, matched: boolean])[] = [
    [["127.0.0.0/8"], "127.0.0.1:1", true],
    [["10.0.0.0/8", "192.0.2.1"], "192.0.2.1:1", true],
    [["10.0.0.0/8"], "11.0.0.1:1", false],
    [["127.0.0.1"], "[::ffff:127.0.0.1]:1", true],
    [["2001:db8::/32"], "[2001:db8::1]:1", true],
    [["fe80::/10"], "[fe80::1%eth0]:1", true],
    [["fe80::1%eth0"], "[fe80::1%eth0]:1", true],
    [["fe80::1%eth1"], "[fe80::1%eth0]:1", false],
    [["{system.none}", "::1"], "[::1]:1", true],
    [[], "127.0.0.1:1", false],
  ];
  for (const [ranges, remote, expected] of cases) {
    test(`${JSON.stringify(ranges)} ${expected ? "holds" : "does not hold"} ${remote}`, async () => {
      expect(await holds(ranges, remote)).toBe(expected);
    });
  }

  test("never matches what has no address", async () => {
    expect(await matches({ remote_ip: { ranges: ["0.0.0.0/0", "::/0"] } }, "GET /")).toBe(false);
  });

  test("refuses what is no block, with its place", async () => {
    expect(await failureOf(provisionMatch({ remote_ip: { ranges: ["::1", "10.0.0.0/33"] } }))).toContain(
      'remote_ip.ranges[1]: "10.0.0.0/33" is no address or block',
    );
  });
});
