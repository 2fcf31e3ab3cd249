import { expect, test } from "bun:test";
import { plainRun } from "./plain-run.ts";

test.each([
  [["run"], {}],
  [["run", "-c", "a.json"], { config: "a.json" }],
  [["run", "--config", "-", "--workers", "2"], { config: "-", workers: "2" }],
  [["run", "--listen", ":81"], { listen: ":81" }],
])("plainRun reads %j", (args, flags) => {
  expect(plainRun(args)).toEqual(flags);
});

test.each([
  [[]],
  [["validate", "-c", "a.json"]],
  [["run", "--help"]],
  [["run", "--config"]],
  [["run", "--config", "--workers"]],
  [["run", "--config", ""]],
  [["run", "--config=a.json"]],
  [["run", "-c", "a.json", "-c", "b.json"]],
  [["run", "-c", "a.json", "--listen", ":81"]],
  [["run", "toString", "a"]],
  [["run", "--workers", "0"]],
  [["run", "--workers", "1000"]],
])("plainRun leaves %j to commander", (args) => {
  expect(plainRun(args)).toBeUndefined();
});
