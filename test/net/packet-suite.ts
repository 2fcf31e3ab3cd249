import { describe } from "bun:test";
import { describePacketEnds } from "./packet-ends.ts";
import type { PacketKind } from "./packet-kind.ts";
import { describePacketLimits } from "./packet-limits.ts";
import { describePacketPull } from "./packet-pull.ts";
import { describePacketPush } from "./packet-push.ts";

/** What every kind of PacketConn must do, in both modes and across the switch between them. */
export function describePacketConn(kind: PacketKind): void {
  describe(`PacketConn over ${kind.name}`, () => {
    describePacketPull(kind);
    describePacketPush(kind);
    describePacketLimits(kind);
    describePacketEnds(kind);
  });
}
