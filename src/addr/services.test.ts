import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { registeredServices, serviceName, servicePort, Services } from "./services.ts";

test.each([
  ["http", "tcp", 80],
  ["HTTPS", "tcp", 443],
  ["https", "udp", 443],
  ["www", "tcp", 80],
  ["domain", "udp", 53],
  ["ssh", "tcp", 22],
  ["syslog", "udp", 514],
  ["postgres", "tcp", 5432],
  ["mdns", "udp", 5353],
] as const)("servicePort knows %s over %s as %d", (name, protocol, port) => {
  expect(servicePort(name, protocol)).toBe(port);
});

test("servicePort tells protocols apart and knows no other name", () => {
  expect(servicePort("shell", "tcp")).toBe(514);
  expect(servicePort("shell", "udp")).toBeUndefined();
  expect(servicePort("syslog", "tcp")).toBe(514);
  expect(servicePort("tftp", "tcp")).toBeUndefined();
  expect(servicePort("", "tcp")).toBeUndefined();
  expect(servicePort("toString", "tcp")).toBeUndefined();
});

test("serviceName gives the registered name and never an alias", () => {
  expect(serviceName(80, "tcp")).toBe("http");
  expect(serviceName(514, "udp")).toBe("syslog");
  expect(serviceName(514, "tcp")).toBe("shell");
  expect(serviceName(2, "tcp")).toBeUndefined();
});

test("registeredServices holds every name once a protocol, and no service is lost by its name", () => {
  const seen = new Set<string>();
  for (const { name, port, protocol, aliases } of registeredServices()) {
    expect(["tcp", "udp", "sctp", "dccp"]).toContain(protocol);
    for (const each of [name, ...aliases]) {
      // RFC 6335 section 5.1, and what systems' aliases hold besides.
      expect(each).toMatch(/^[a-z0-9][a-z0-9+._-]*$/);
      // Registered twice: the first of the two counts.
      if (port !== 8008) expect(seen.has(`${each}/${protocol}`) ? `${each}/${protocol}` : "").toBe("");
      seen.add(`${each}/${protocol}`);
    }
  }
  expect(seen.size).toBeGreaterThan(400);
  expect(servicePort("http-alt", "tcp")).toBe(8080);
});

test("Services.parse reads /etc/services as systems write it", () => {
  const services = Services.parse(
    "# Network services\n\nhttp\t\t80/tcp\t\twww\t\t# WorldWideWeb HTTP\r\necho 7/udp\nrtmp 1/ddp # Apple\nold 80/tcp\n",
  );
  expect(services.port("www", "tcp")).toBe(80);
  expect(services.name(80, "tcp")).toBe("http");
  expect(services.port("old", "tcp")).toBe(80);
  expect(services.port("echo", "tcp")).toBeUndefined();
  expect([...services].map(({ name, protocol }) => `${name}/${protocol}`)).toEqual([
    "http/tcp",
    "echo/udp",
    "rtmp/ddp",
    "old/tcp",
  ]);
});

test("Services.parse leaves out lines in another form", () => {
  for (const line of [
    "http",
    "http 80",
    "http /tcp",
    "http 80/",
    "http x/tcp",
    "http 65536/tcp",
    "#http 80/tcp",
    "http -1/tcp",
  ])
    expect([...Services.parse(line)]).toEqual([]);
});

test("Services.parse takes any text without throwing", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab80/, \t#\n".split("")) }), (text) => {
      for (const { port, name } of Services.parse(text)) {
        expect(port).toBeLessThanOrEqual(65_535);
        expect(name).not.toBe("");
      }
    }),
  );
});
