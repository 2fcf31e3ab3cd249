import { describe, expect, test } from "bun:test";
import { type Exchange, Fields } from "../../../http/message/index.ts";
import { compileTemplate, ConfigError, type ProvisionContext } from "../../module/index.ts";
import { HeaderOperations } from "./header-operations.ts";
import {
  HEADER_OPERATIONS,
  type HeaderOperationsConfig,
  RESPONSE_HEADER_OPERATIONS,
} from "./header-operations-config.ts";

const WHO = "{http.request.hostport}";
const context = { path: ["here"], template: compileTemplate } as unknown as ProvisionContext;
const exchange = { host: "w" } as Exchange;

function apply(config: HeaderOperationsConfig, ...entries: readonly (readonly [string, string])[]): [string, string][] {
  const fields = Fields.from(entries);
  new HeaderOperations(config, context, ["headers", "request"]).apply(fields, exchange);
  return [...fields];
}

describe("HeaderOperations", () => {
  test("add keeps what is there, set replaces it, delete removes it", () => {
    const config = { add: { A: ["2", WHO] }, set: { B: ["x", "y"], [`X-${WHO}`]: ["1"] }, delete: ["c"] };
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
    expect(apply({ replace: { A: [{ search: "o", replace: WHO }] } }, ["a", "foo"])).toEqual([["a", "fww"]]);
    const pattern = { search_regexp: "(\\w+)@(?<site>\\w+)", replace: "$2 ${1}${site}$$ $9" };
    expect(apply({ replace: { "*": [pattern] } }, ["A", "me@here"], ["B", "-"])).toEqual([
      ["A", "here mehere$ "],
      ["B", "-"],
    ]);
  });

  test("Host is changed as if it were a field", () => {
    const operations = new HeaderOperations({ set: { Host: [`up.${WHO}`] } }, context, []);
    const fields = Fields.from([["A", "1"]]);
    expect(operations.applyToRequest(fields, exchange, "example.com")).toBe("up.w");
    expect([...fields]).toEqual([["A", "1"]]);
  });

  test("what a placeholder brings in can't split the message", () => {
    const evil = { host: "a\r\nX-Evil: 1\u0000\u20ac" } as Exchange;
    const fields = new Fields();
    new HeaderOperations({ set: { A: [WHO] } }, context, []).apply(fields, evil);
    expect([...fields]).toEqual([["A", `a  X-Evil: 1${Buffer.from("\u20ac").toString("latin1")}`]]);
  });

  test("what is replaced keeps its place among fields of its name", () => {
    const config = {
      replace: {
        a: [
          { search: "1", replace: "2" },
          { search: "2", replace: "3" },
        ],
      },
    };
    expect(apply(config, ["A", "1"], ["B", "1"], ["a", "x"])).toEqual([
      ["B", "1"],
      ["A", "3"],
      ["a", "x"],
    ]);
    expect(apply({ replace: { A: [{ search: "z", replace: "y" }] } }, ["A", "1"], ["B", "1"])).toEqual([
      ["A", "1"],
      ["B", "1"],
    ]);
  });

  test("texts go out in UTF-8, and what came in UTF-8 is read as such", () => {
    expect(apply({ set: { A: ["\u00fc\u20ac"] } })).toEqual([["A", "\u00c3\u00bc\u00e2\u0082\u00ac"]]);
    const umlaut: HeaderOperationsConfig = { replace: { A: [{ search: "\u00fc", replace: "ue" }] } };
    expect(apply(umlaut, ["A", "\u00c3\u00bc"])).toEqual([["A", "ue"]]);
  });

  test("set without values sends an empty one; add without values adds none", () => {
    expect(apply({ set: { A: [] }, add: { B: [] } })).toEqual([["A", ""]]);
  });

  test("unknown placeholders stay, and names that come out of placeholders and are none are left out", () => {
    expect(apply({ set: { A: ["{nope.x}"] } })).toEqual([["A", "{nope.x}"]]);
    const odd = { host: "bad name" } as Exchange;
    const fields = new Fields();
    new HeaderOperations({ set: { [WHO]: ["1"] }, add: { [WHO]: ["1"] } }, context, []).apply(fields, odd);
    expect([...fields]).toEqual([]);
    expect(() => apply({ set: { "bad name": ["1"] } })).toThrow(
      'here.headers.request.set["bad name"]: "bad name" is no field name',
    );
  });

  test.each([
    [{ set: { A: ["1"] }, delete: ["X-*"] }, false],
    [{ set: { host: ["1"] } }, true],
    [{ delete: ["*"] }, true],
    [{ delete: ["H*"] }, true],
    [{ replace: { "*": [] } }, true],
    [{ add: { [WHO]: ["1"] } }, true],
  ] as const)("tells whether %j may touch Host", (config, touches) => {
    expect(new HeaderOperations(config, context, []).touchesHost).toBe(touches);
  });

  test.each([{ search_regexp: "(" }, { search: "a", search_regexp: "b" }])("refuses the replacement %j", (entry) => {
    const make = (): unknown => new HeaderOperations({ replace: { A: [entry] } }, context, ["headers", "request"]);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow("here.headers.request.replace.A[0]");
  });

  test("its schema refuses what it does not know", () => {
    expect(HEADER_OPERATIONS.safeParse({ sett: {} }).success).toBe(false);
    expect(HEADER_OPERATIONS.safeParse({ set: { A: "x" } }).success).toBe(false);
    expect(HEADER_OPERATIONS.safeParse({ deferred: true }).success).toBe(false);
    expect(RESPONSE_HEADER_OPERATIONS.safeParse({ deferred: true, require: { status_code: [2] } }).success).toBe(true);
  });
});
