import { describe, expect, test } from "bun:test";
import { driverFor, qdisc } from "./cable.ts";
import { layOut } from "./layout.ts";
import { cablesOf, planCable, planLab } from "./plan.ts";
import { bus, pointToPoint } from "./shapes.ts";
import { type LinkOptions, wayForth } from "./way.ts";

describe("qdisc", () => {
  test.each([
    [{}, "pfifo limit 100000"],
    [{ rateBitsPerSecond: 10e6 }, "tbf rate 10000000bit burst 1514 limit 126514"],
    [{ rateBitsPerSecond: 1e9, queueBytes: 50_000 }, "tbf rate 1000000000bit burst 125000 limit 175000"],
    [{ delayMs: 1.5 }, "netem limit 100000 rate 1000000000000bit delay 1500us"],
    [
      { delayMs: 20, jitterMs: 5, lossPercent: 0.5, duplicatePercent: 1, reorderPercent: 25 },
      "netem limit 100000 rate 1000000000000bit delay 20000us 5000us reorder 25% loss 0.5% duplicate 1%",
    ],
    // 100 ms of queue and 100 ms under way, in frames of 1514 bytes.
    [{ delayMs: 100, rateBitsPerSecond: 8e6 }, "netem limit 133 rate 8000000bit delay 100000us"],
  ] satisfies [LinkOptions, string][])("tells tc about %j", (options, expected) => {
    expect(qdisc("eth0", wayForth(options), 1500)).toBe(`qdisc replace dev eth0 root ${expected}`);
  });
});

describe("cables", () => {
  const cables = (options: LinkOptions, topology = pointToPoint({ link: options })) => {
    const layout = layOut(topology);
    return cablesOf(layout, layout.links[0]!, 1);
  };

  test("are the kernel's where it can: a rate without netem, everything with it", () => {
    const [plain] = cables({ rateBitsPerSecond: 1e6, mtu: 1300 });
    const [late] = cables({ back: { delayMs: 1 } });
    expect(driverFor(plain!, false)).toBe("kernel");
    expect(driverFor(late!, false)).toBe("userspace");
    expect(driverFor(late!, true)).toBe("kernel");
    expect(planCable(plain!, { hasNetem: false, driver: "userspace" }).driver).toBe("userspace");
  });

  test("have the way back's own values beside those of both", () => {
    const [cable] = cables({ delayMs: 10, rateBitsPerSecond: 1e6, back: { delayMs: 50 } });
    expect(cable!.forth).toMatchObject({ delayMs: 10, rateBitsPerSecond: 1e6 });
    expect(cable!.back).toMatchObject({ delayMs: 50, rateBitsPerSecond: 1e6 });
  });

  test("of a segment are one a host, with the values on the way to the switch", () => {
    const found = cables({}, bus({ hosts: 3, link: { delayMs: 10 } }));
    expect(found.map((cable) => cable.name)).toEqual(["bus/a", "bus/b", "bus/c"]);
    expect(found.map((cable) => [cable.forth.delayMs, cable.back.delayMs])).toEqual([
      [10, 0],
      [10, 0],
      [10, 0],
    ]);
    expect(new Set(found.map((cable) => cable.seed)).size).toBe(3);
  });
});

test("planLab makes networks before devices, devices before addresses, addresses before routes", () => {
  const layout = layOut(bus({ hosts: 3, link: { delayMs: 10 } }));
  const cables = cablesOf(layout, layout.links[0]!, 1).map((cable) => planCable(cable, { hasNetem: false }));
  const steps = planLab(layout, cables);
  const known = new Set<string>();
  for (const step of steps) {
    if (step.do === "network") known.add(step.name);
    if ("network" in step) expect(known).toContain(step.network);
  }
  const lines = steps.flatMap((step) => (step.do === "ip" ? step.lines : []));
  const first = (start: string): number => lines.findIndex((line) => line.startsWith(start));
  expect(lines.findLastIndex((line) => line.endsWith(" up"))).toBeLessThan(first("addr replace"));
  expect(lines.filter((line) => line.includes("master br0"))).toHaveLength(3);
});
