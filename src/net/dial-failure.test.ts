import { describe, expect, test } from "bun:test";
import { dialFailure } from "./dial-failure.ts";
import { NetError, type NetErrorCode } from "./net-error.ts";

function failures(...codes: NetErrorCode[]): NetError[] {
  return codes.map((code, i) => new NetError({ op: "dial", network: "tcp", address: `192.0.2.${i}:80`, code }));
}

describe("dialFailure", () => {
  test("the only one is the failure; none is none", () => {
    const only = failures("EHOSTUNREACH");
    expect(dialFailure(only)).toBe(only[0]);
    expect(dialFailure([])).toBeUndefined();
  });

  test.each([
    [["ENETUNREACH", "ECONNREFUSED"], "ECONNREFUSED", 1],
    [["EHOSTUNREACH", "ETIMEDOUT", "ENETUNREACH"], "ETIMEDOUT", 1],
    [["ECONNREFUSED", "ECONNREFUSED"], "ECONNREFUSED", 0],
    [["ECONNREFUSED", "EMFILE"], "EMFILE", 1],
    [["EADDRNOTAVAIL", "EAFNOSUPPORT"], "EADDRNOTAVAIL", 0],
  ] as const)("of %j it is %s", (codes, code, index) => {
    const errors = failures(...codes);
    const failure = dialFailure(errors)!;
    expect([failure.code, failure.address]).toEqual([code, `192.0.2.${index}:80`]);
    expect((failure.cause as AggregateError).errors).toEqual(errors);
  });

  test("names three of the others", () => {
    const failure = dialFailure(failures(...Array.from({ length: 6 }, () => "ECONNREFUSED" as const)))!;
    expect(failure.message).toBe(
      "dial tcp 192.0.2.0:80: connection refused (ECONNREFUSED); so did 192.0.2.1:80 (ECONNREFUSED), 192.0.2.2:80 (ECONNREFUSED), 192.0.2.3:80 (ECONNREFUSED) and 2 more",
    );
  });
});
