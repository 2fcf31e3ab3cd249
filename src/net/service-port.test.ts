import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/net/pairs.ts";
import { type PortOf, portOf } from "./service-port.ts";

const DIAL: PortOf = { op: "dial", network: "tcp", address: "a:x", protocol: "tcp", least: 1 };
const LISTEN: PortOf = { op: "listen", network: "tcp", address: "a:x", protocol: "tcp", least: 0 };

describe("portOf", () => {
  test("takes numbers and names of services", async () => {
    expect(await portOf("80", DIAL)).toBe(80);
    expect(await portOf("0", LISTEN)).toBe(0);
    expect(await portOf("65535", DIAL)).toBe(65_535);
    expect(await portOf("http", DIAL)).toBe(80);
    expect(await portOf("https", DIAL)).toBe(443);
    expect(await portOf("tftp", { ...DIAL, protocol: "udp" })).toBe(69);
  });

  test.each(["0", "65536", "-1", "+80", " 80", "", "8 0", "٨٠"])("refuses %j to dial", async (text) => {
    const error = await failureOf(portOf(text, DIAL));
    expect([error.code, error.hint]).toEqual([
      "EINVAL",
      `the port ${JSON.stringify(text)} is no number from 1 to 65535`,
    ]);
  });

  test("says of a name that no service has it", async () => {
    const error = await failureOf(portOf("no-such-service", DIAL));
    expect(error.message).toBe(
      'dial tcp a:x: invalid argument (EINVAL); the port "no-such-service" is no number, and no tcp service has that name',
    );
  });
});
