import { describe, expect, test } from "bun:test";
import { ParseError } from "../bytes/index.ts";
import { ERRNO, SystemError } from "../sys/index.ts";
import { fromSystemError } from "./system-error.ts";

const DIAL = { op: "dial", network: "tcp", address: "[fe80::1]:80" } as const;

describe("fromSystemError", () => {
  test.each([
    [new RangeError("ttl is a whole number"), "EINVAL", "ttl is a whole number"],
    [new ParseError("x", 0, "no port"), "EINVAL", 'cannot parse "x": no port (at 0)'],
    [new Error("the hook says no"), "EIO", "the hook says no"],
    [
      new SystemError("connect", ERRNO.EINVAL),
      "EINVAL",
      "a link-local address needs its interface as a zone, as in fe80::1%eth0",
    ],
    [new SystemError("sendfile", ERRNO.EBADF), "EBADF", "the file's descriptor is not open, or not open for reading"],
    [
      new SystemError("setsockopt join 10.0.0.1", ERRNO.EINVAL),
      "EINVAL",
      "10.0.0.1 is no multicast group that this socket can join",
    ],
    [
      new SystemError("setsockopt join ff02::1", ERRNO.EADDRINUSE),
      "EADDRINUSE",
      "the socket is a member of ff02::1 already",
    ],
    [
      new SystemError("setsockopt leave ff02::1", ERRNO.EADDRNOTAVAIL),
      "EADDRNOTAVAIL",
      "the socket is no member of ff02::1 there",
    ],
    [new SystemError("connect", ERRNO.ECONNREFUSED), "ECONNREFUSED", undefined],
    [new SystemError("connect", ERRNO.EADDRINUSE), "EADDRINUSE", undefined],
  ] as const)("%#: %s", (error, code, hint) => {
    const made = fromSystemError(error, DIAL);
    expect([made.code, made.hint, made.cause]).toEqual([code, hint, error]);
  });

  test("an address with a zone needs none", () => {
    const made = fromSystemError(new SystemError("connect", ERRNO.EINVAL), { ...DIAL, address: "[fe80::1%lo]:80" });
    expect(made.hint).toBeUndefined();
  });
});
