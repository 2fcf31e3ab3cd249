import { expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { matches, provisionMatch } from "../../../../test/server/matches.ts";

const CASES: readonly (readonly [hosts: readonly string[], asked: string, matched: boolean])[] = [
  [["example.com"], "example.com", true],
  [["example.com"], "EXAMPLE.com:8080", true],
  [["Example.COM"], "example.com", true],
  [["example.com"], "www.example.com", false],
  [["*.example.com"], "www.example.com", true],
  [["*.example.com"], "example.com", false],
  [["*.example.com"], "a.b.example.com", false],
  [["a.*.test"], "a.x.test", true],
  [["*"], "localhost", true],
  [["*"], "a.b", false],
  [["::1"], "[::1]:80", true],
  [["127.0.0.1"], "127.0.0.1", true],
  [["bücher.example"], "xn--bcher-kva.example", true],
  [["{http.request.header.X-Host}"], "given.test\r\nX-Host: GIVEN.test", true],
  [["{http.request.header.X-Host}"], "other.test\r\nX-Host: given.test", false],
  [["{http.request.header.X-Host}.test"], "w.test\r\nX-Host: *", true],
  [[], "example.com", false],
];

for (const [hosts, asked, expected] of CASES) {
  test(`host ${JSON.stringify(hosts)} ${expected ? "matches" : "does not match"} ${JSON.stringify(asked)}`, async () => {
    expect(await matches({ host: hosts }, `GET /\r\nHost: ${asked}`)).toBe(expected);
  });
}

test("host finds one of very many names", async () => {
  const hosts = Array.from({ length: 5000 }, (_, i) => `host${i}.example`);
  expect(await matches({ host: hosts }, "GET /\r\nHost: HOST4999.example")).toBe(true);
  expect(await matches({ host: hosts }, "GET /\r\nHost: host5000.example")).toBe(false);
});

test("host refuses a name that stands there twice", async () => {
  expect(await failureOf(provisionMatch({ host: ["a.test", "b.test", "A.test"] }))).toBe(
    'apps.http.servers.s.routes[0].match[0].host[2]: "A.test" stands here twice, first at [0]; remove one of them',
  );
});
