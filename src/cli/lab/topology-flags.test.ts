import { describe, expect, test } from "bun:test";
import { parseSetting, parseSettings } from "./link-setting.ts";
import { type TopologyFlags, topologyOf } from "./topology-flags.ts";

describe("parseSetting", () => {
  test.each([
    ["delay", "10ms", { delayMs: 10 }],
    ["delay", "10", { delayMs: 10 }],
    ["delay", "1.5s", { delayMs: 1500 }],
    ["delay", "250us", { delayMs: 0.25 }],
    ["loss", "1%", { lossPercent: 1 }],
    ["loss", "0.5", { lossPercent: 0.5 }],
    ["rate", "10mbit", { rateBitsPerSecond: 10e6 }],
    ["rate", "10Mbit/s", { rateBitsPerSecond: 10e6 }],
    ["rate", "2.5gbps", { rateBitsPerSecond: 2.5e9 }],
    ["rate", "64k", { rateBitsPerSecond: 64e3 }],
    ["queue", "64k", { queueBytes: 65_536 }],
    ["mtu", "1400", { mtu: 1400 }],
  ])("reads %s %s", (name, text, expected) => {
    expect(parseSetting(name, text)).toEqual(expected);
  });

  test.each([
    ["delay", "fast"],
    ["delay", "10 ms"],
    ["loss", "-1%"],
    ["rate", "10MB"],
    ["rate", "mbit"],
    ["mtu", "1400.5"],
    ["queue", ""],
  ])("refuses %s %j, and says how it is written", (name, text) => {
    expect(() => parseSetting(name, text)).toThrow(`${name} is written like`);
  });

  test("refuses a name that is none, one of Object's own too", () => {
    expect(() => parseSetting("speed", "1")).toThrow('no "speed"');
    expect(() => parseSetting("constructor", "1")).toThrow('no "constructor"');
  });
});

test("parseSettings reads settings in a row", () => {
  expect(parseSettings(" delay 50ms, rate=1mbit ")).toEqual({ delayMs: 50, rateBitsPerSecond: 1e6 });
  expect(() => parseSettings("delay")).toThrow("names and values");
});

describe("topologyOf", () => {
  test("makes what flags ask for", () => {
    const topology = topologyOf("chain", {
      hops: "3",
      delay: "10ms",
      loss: "1",
      back: "delay 20ms",
      link: ["2: mtu 1280 delay 5ms"],
    });
    expect(topology.hosts.map((host) => host.name)).toEqual(["a", "r1", "r2", "b"]);
    expect(topology.links.map((link) => link.options)).toEqual([
      { delayMs: 10, lossPercent: 1, back: { delayMs: 20 } },
      { delayMs: 5, lossPercent: 1, mtu: 1280, back: { delayMs: 20 } },
      { delayMs: 10, lossPercent: 1, back: { delayMs: 20 } },
    ]);
    expect(topologyOf("mesh", { hosts: "5" }).links).toHaveLength(10);
  });

  test.each([
    ["tree", {}, '"tree"'],
    ["constructor", {}, '"constructor"'],
    ["ring", { hops: "3" }, "--hops"],
    ["chain", { hosts: "3" }, "--hosts"],
    ["chain", { hops: "many" }, "--hops"],
    ["chain", { delay: "soon" }, "--delay"],
    ["chain", { back: "mtu 1400" }, "--back"],
    ["chain", { back: "delay" }, "--back"],
    ["chain", { link: ["0: mtu 1400"] }, "--link"],
    ["chain", { link: ["mtu 1400"] }, "--link"],
    ["chain", { link: ["1: mtu"] }, "--link"],
  ] satisfies [string, TopologyFlags, string][])("names the flag that is wrong: %s %j", (shape, flags, word) => {
    expect(() => topologyOf(shape, flags)).toThrow(word);
  });
});
