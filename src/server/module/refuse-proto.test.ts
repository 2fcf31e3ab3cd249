import { expect, test } from "bun:test";
import { refuseProto } from "./refuse-proto.ts";

test.each([
  ['{"apps":{"__proto__":{}}}', "apps.__proto__"],
  ['{"a":[{"b":1},{"match":[{"header":{"__proto__":null}}]}]}', "a[1].match[0].header.__proto__"],
  ['{"__proto__":1}', "__proto__"],
])("refuseProto refuses %s with its place", (json, place) => {
  expect(() => refuseProto(JSON.parse(json))).toThrow(`${place}: this name is not known`);
});

test("refuseProto takes every other name, and __proto__ as a value", () => {
  refuseProto(JSON.parse('{"constructor":{"toString":["__proto__",null,1]},"hasOwnProperty":"x"}'));
});
