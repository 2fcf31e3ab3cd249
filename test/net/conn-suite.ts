import { describe } from "bun:test";
import type { ConnKind } from "./conn-kind.ts";
import { describeEnds } from "./ends.ts";
import { describeFiles } from "./files.ts";
import { describeLimits } from "./limits.ts";
import { describePull } from "./pull.ts";
import { describePush } from "./push.ts";
import { describeSwitch } from "./switch.ts";

/** What every kind of Conn must do, in both modes and across the switch between them. */
export function describeConn(kind: ConnKind): void {
  describe(`Conn over ${kind.name}`, () => {
    describePull(kind);
    describePush(kind);
    describeSwitch(kind);
    describeLimits(kind);
    describeEnds(kind);
    describeFiles(kind);
  });
}
