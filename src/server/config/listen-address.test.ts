import { expect, test } from "bun:test";
import { formatListenAddress, parseListenAddress } from "./listen-address.ts";

const ENV = { PORT: "9000", ADDRESS: "127.0.0.1:81", EMPTY: "" };

test.each([
  [":8080", [":8080"]],
  ["localhost:80", ["localhost:80"]],
  ["127.0.0.1:0", ["127.0.0.1:0"]],
  ["[::1]:80", ["[::1]:80"]],
  ["tcp/:80", [":80"]],
  ["TCP4/0.0.0.0:80", ["tcp4/0.0.0.0:80"]],
  ["tcp6/[::]:80", ["tcp6/[::]:80"]],
  [":8080-8082", [":8080", ":8081", ":8082"]],
  ["[::1]:1-2", ["[::1]:1", "[::1]:2"]],
  [":00080", [":80"]],
  ["unix//run/a.sock", ["unix//run/a.sock"]],
  ["unix//run/a.sock|0222", ["unix//run/a.sock"]],
  ["unix/rel.sock", ["unix/rel.sock"]],
  ["unix/@abstract", ["unix/@abstract"]],
  [":{env.PORT}", [":9000"]],
  ["{env.ADDRESS}", ["127.0.0.1:81"]],
])("parseListenAddress reads %j", (text, canonical) => {
  const addresses = parseListenAddress(text, [], ENV);
  expect(addresses.map(formatListenAddress)).toEqual(canonical);
  for (const address of addresses) {
    const again = parseListenAddress(formatListenAddress(address), [], ENV);
    expect(again).toEqual([address.network === "unix" ? { ...address, mode: 0o200 } : address]);
  }
});

test.each([
  ["unix//a", 0o200],
  ["unix//a|0222", 0o222],
  ["unix//a|660", 0o660],
])("parseListenAddress of %j has the mode %d", (text, mode) => {
  expect(parseListenAddress(text, [])).toEqual([{ network: "unix", path: "/a", mode }]);
});

test.each([
  ["8080", 'at: "8080" has no port; write ":8080" to listen on it'],
  ["localhost", "the port is missing: write host:port"],
  ["::1", "too many colons"],
  ["", "the port is missing"],
  [":", '"" in ":" is no port'],
  [":http", '"http" in ":http" is no port; write a number up to 65535'],
  [":65536", '"65536" in ":65536" is no port'],
  [":99999999999", "is no port"],
  [":90-80", "the ports 90-80 run backwards; write 80-90"],
  [":80-65536", "is no port"],
  [":-80", "is no port"],
  ["udp/:443", 'cannot listen on "udp/:443": HTTP/1 runs over streams, and HTTP/3 is not built yet; use tcp or unix'],
  ["fd/3", "descriptors handed over by another process are not taken yet"],
  ["tpc/:80", 'there is no network "tpc"'],
  ["/run/a.sock", 'for a Unix socket write "unix//run/a.sock"'],
  ["http://localhost:80", 'there is no network "http:"'],
  ["constructor/:80", 'there is no network "constructor"'],
  ["unix/", "names no socket"],
  ["unix/@", "names no socket"],
  ["unix//a|0999", '"0999" are no permission bits'],
  ["unix//a|0444", "the permission bits 0444 keep the owner out"],
  [":{env.NONE}", "the environment variable NONE is not set"],
  [":{env.EMPTY}", "the environment variable EMPTY is not set"],
  ["{http.request.host}:80", "the placeholder {http.request.host} has no value in an address"],
  ["a b:80", '"a b" is no host'],
])("parseListenAddress refuses %j", (text, message) => {
  expect(() => parseListenAddress(text, ["at"], ENV)).toThrow(message);
});
