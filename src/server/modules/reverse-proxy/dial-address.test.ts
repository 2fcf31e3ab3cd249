import { expect, test } from "bun:test";
import { parseDialAddress } from "./dial-address.ts";

test.each([
  ["127.0.0.1:80", { network: "tcp", address: "127.0.0.1:80", key: "tcp 127.0.0.1:80", host: "127.0.0.1", port: 80 }],
  [
    "tcp4/app.internal:8080",
    {
      network: "tcp4",
      address: "app.internal:8080",
      key: "tcp4 app.internal:8080",
      host: "app.internal",
      port: 8080,
    },
  ],
  ["[::1]:65535", { network: "tcp", address: "[::1]:65535", key: "tcp [::1]:65535", host: "::1", port: 65535 }],
  [":9000", { network: "tcp", address: "localhost:9000", key: "tcp localhost:9000", host: "localhost", port: 9000 }],
  [
    "unix//run/app.sock",
    { network: "unix", address: "/run/app.sock", key: "unix /run/app.sock", host: "/run/app.sock", port: 0 },
  ],
] as const)("parseDialAddress reads %s", (text, expected) => {
  expect(parseDialAddress(text)).toEqual(expected);
});

test.each([
  "",
  "app",
  "app:",
  "app:0",
  "app:65536",
  "app:80-90",
  "app:http",
  "::1:80",
  "http://app:80",
  "udp/app:80",
  "unix/",
  "a b:80",
])("parseDialAddress refuses %j", (text) => {
  expect(() => parseDialAddress(text)).toThrow(TypeError);
});
