import { describe, expect, test } from "bun:test";
import { type Exchange, Fields } from "../../../http/message/index.ts";
import { ConfigError, type ProvisionContext, type Template } from "../../module/index.ts";
import { HEADER_OPERATIONS, HeaderOperations, type HeaderOperationsConfig } from "./header-operations.ts";

/** Knows one placeholder: {who}. */
const context = {
  path: ["here"],
  template: (source: string): Template => ({
    source,
    constant: source.includes("{who}") ? undefined : source,
    evaluate: (exchange) => source.replaceAll("{who}", exchange.host),
  }),
} as unknown as ProvisionContext;

const exchange = { host: "w" } as Exchange;

function apply(config: HeaderOperationsConfig, ...entries: readonly (readonly [string, string])[]): [string, string][] {
  const fields = Fields.from(entries);
  new HeaderOperations(config, context, ["headers", "request"]).apply(fields, exchange);
  return [...fields];
}

describe("HeaderOperations", () => {
  test("add keeps what is there, set replaces it, delete removes it", () => {
    const config = { add: { A: ["2", "{who}"] }, set: { B: ["x", "y"], "X-{who}": ["1"] }, delete: ["c"] };
    expect(apply(config, ["A", "1"], ["b", "old"], ["C", "3"])).toEqual([
      ["A", "1"],
      ["A", "2"],
      ["A", "w"],
      ["B", "x,y"],
      ["X-w", "1"],
    ]);
  });

  test("cookies that are set stay apart", () => {
    expect(apply({ set: { "set-cookie": ["a=1", "b=2"] } })).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
  });

  test("delete knows wildcards; * goes first, so that what is added stays", () => {
    const entries = [
      ["X-Up-A", "1"],
      ["B-Up", "1"],
      ["C-up-D", "1"],
      ["Upper", "1"],
    ] as const;
    expect(apply({ delete: ["x-*"] }, ...entries).map(([name]) => name)).toEqual(["B-Up", "C-up-D", "Upper"]);
    expect(apply({ delete: ["*-up"] }, ...entries).map(([name]) => name)).toEqual(["X-Up-A", "C-up-D", "Upper"]);
    expect(apply({ delete: ["*-up-*"] }, ...entries).map(([name]) => name)).toEqual(["B-Up", "Upper"]);
    expect(apply({ delete: ["*"], add: { New: ["1"] } }, ...entries)).toEqual([["New", "1"]]);
  });

  test("replace changes values by text and by regular expression", () => {
    expect(apply({ replace: { A: [{ search: "o", replace: "{who}" }] } }, ["a", "foo"])).toEqual([["a", "fww"]]);
    const pattern = { search_regexp: "(\\w+)@(?<site>\\w+)", replace: "$2 ${1}${site}$$ $9" };
    expect(apply({ replace: { "*": [pattern] } }, ["A", "me@here"], ["B", "-"])).toEqual([
      ["B", "-"],
      ["A", "here mehere$ "],
    ]);
  });

  test("Host is changed as if it were a field", () => {
    const operations = new HeaderOperations({ set: { Host: ["up.{who}"] } }, context, []);
    const fields = Fields.from([["A", "1"]]);
    expect(operations.applyToRequest(fields, exchange, "example.com")).toBe("up.w");
    expect([...fields]).toEqual([["A", "1"]]);
  });

  test("what a placeholder brings in can't split the message", () => {
    const evil = { host: "a\r\nX-Evil: 1\u0000\u20ac" } as Exchange;
    const fields = new Fields();
    new HeaderOperations({ set: { A: ["{who}"] } }, context, []).apply(fields, evil);
    expect([...fields]).toEqual([["A", `aX-Evil: 1${Buffer.from("\u20ac").toString("latin1")}`]]);
  });

  test.each([{ search_regexp: "(" }, { search: "a", search_regexp: "b" }])("refuses the replacement %j", (entry) => {
    const make = (): unknown => new HeaderOperations({ replace: { A: [entry] } }, context, ["headers", "request"]);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow("here.headers.request.replace.A[0]");
  });

  test("its schema refuses what it does not know", () => {
    expect(HEADER_OPERATIONS.safeParse({ sett: {} }).success).toBe(false);
    expect(HEADER_OPERATIONS.safeParse({ set: { A: "x" } }).success).toBe(false);
  });
});
