import { describe, expect, test } from "bun:test";
import { realClock, seededRandom } from "../../../clock/index.ts";
import { compileTemplate, Loader, Registry, UsagePool } from "../../module/index.ts";
import { httpTransport } from "./http-transport.ts";

const ignore = (): void => undefined;

async function load(config: object): Promise<void> {
  const loader = new Loader({
    registry: new Registry([httpTransport]),
    clock: realClock,
    random: seededRandom(1),
    usage: new UsagePool(),
    baseDir: "/",
    logFor: () => ({ debug: ignore, info: ignore, warn: ignore, error: ignore }),
    compileTemplate,
  });
  try {
    await loader.load("http.reverse_proxy.transport", config, { inlineKey: "protocol" }, "transport");
  } finally {
    await loader.cleanup();
  }
}

/** What refuses a config. */
async function refusal(config: object): Promise<string> {
  try {
    await load({ protocol: "http", ...config });
  } catch (error) {
    return String(error);
  }
  return "";
}

describe("http.reverse_proxy.transport.http", () => {
  test("takes Caddy's keys", async () => {
    const config = {
      dial_timeout: "1s",
      response_header_timeout: 5_000_000_000,
      max_response_header_size: 65_536,
      expect_continue_timeout: "1s",
      read_timeout: "30s",
      write_timeout: "30s",
      max_conns_per_host: 100,
      compression: false,
      versions: ["1.1"],
      keep_alive: { enabled: true, idle_timeout: "1m", max_idle_conns: 100, max_idle_conns_per_host: 10 },
    };
    expect(await refusal(config)).toBe("");
    expect(await refusal({})).toBe("");
  });

  test.each([
    ["tls", {}],
    ["resolver", { addresses: ["127.0.0.1"] }],
    ["proxy_protocol", "v2"],
    ["network_proxy", { from: "none" }],
    ["forward_proxy_url", "http://127.0.0.1:1"],
    ["local_address", "127.0.0.1"],
    ["dial_fallback_delay", "300ms"],
    ["read_buffer_size", 4096],
    ["write_buffer_size", 4096],
    ["compression", true],
  ])("refuses %s as known but not built", async (key, value) => {
    const message = await refusal({ [key]: value });
    expect(message).toContain(`transport.${key}`);
    expect(message).toContain("not built here yet");
  });

  test("refuses HTTP versions that are not built", async () => {
    expect(await refusal({ versions: ["1.1", "2"] })).toContain(
      'transport.versions: HTTP version "2" is not built yet',
    );
  });

  test("refuses keep-alive probes as known but not built", async () => {
    const message = await refusal({ keep_alive: { probe_interval: "30s" } });
    expect(message).toContain("transport.keep_alive.probe_interval");
  });

  test.each([
    [{ dial_timeuot: "1s" }, "dial_timeout"],
    [{ dial_timeout: "soon" }, "transport.dial_timeout"],
    [{ max_conns_per_host: -1 }, "transport.max_conns_per_host"],
    [{ keep_alive: { idle: "1m" } }, "idle_timeout"],
  ])("refuses %j", async (config, part) => {
    expect(await refusal(config)).toContain(part);
  });
});
