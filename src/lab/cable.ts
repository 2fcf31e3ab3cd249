import type { Step } from "./step.ts";
import { ETHERNET_BYTES, type Way } from "./way.ts";

/** What carries a cable's frames: the kernel (a veth pair, with tbf or netem), or the keeper between two TAP devices. */
export type Driver = "kernel" | "userspace";

/** One end of a cable. */
export interface CableEnd {
  readonly network: string;
  readonly device: string;
  readonly mac: string;
}

/** A cable between two networks. */
export interface Cable {
  readonly name: string;
  readonly ends: readonly [CableEnd, CableEnd];
  readonly forth: Way;
  readonly back: Way;
  readonly mtu: number;
  /** Of the chances on it. */
  readonly seed: number;
}

/** Which driver a cable needs at least: without netem the kernel only knows rates. */
export function driverFor(cable: Cable, hasNetem: boolean): Driver {
  return hasNetem || (isPlain(cable.forth) && isPlain(cable.back)) ? "kernel" : "userspace";
}

/** Whether a way has nothing but a rate. */
function isPlain(way: Way): boolean {
  return way.delayMs === 0 && way.lossPercent === 0 && way.duplicatePercent === 0;
}

/** The steps that make a cable's devices, up and without addresses. */
export function makeCable(cable: Cable, driver: Driver): Step[] {
  return driver === "kernel" ? makeVeth(cable) : makeTaps(cable);
}

/** The steps that take a cable's devices away. The descriptors of TAP devices are closed by the keeper. */
export function removeCable({ ends }: Cable): Step {
  return { do: "ip", network: ends[0].network, lines: [`link del ${ends[0].device}`] };
}

function makeVeth(cable: Cable): Step[] {
  const [one, other] = cable.ends;
  const lines = [
    `link add ${one.device} address ${one.mac} mtu ${cable.mtu} type veth peer name ${other.device} address ${other.mac} mtu ${cable.mtu} netns {${other.network}}`,
    `link set ${one.device} up`,
  ];
  return [
    { do: "ip", network: one.network, lines },
    { do: "ip", network: other.network, lines: [`link set ${other.device} up`] },
    ...shapeVeth(cable),
  ];
}

/** The steps that give a veth pair the values of its cable. */
export function shapeVeth(cable: Cable): Step[] {
  return [cable.forth, cable.back].flatMap((way, i) => {
    const { network, device } = cable.ends[i]!;
    return { do: "tc", network, lines: [qdisc(device, way, cable.mtu)] };
  });
}

/** The line of `tc` that does to what a device sends what the way says. */
export function qdisc(device: string, way: Way, mtu: number): string {
  const set = `qdisc replace dev ${device} root`;
  if (!isPlain(way)) return `${set} ${netem(way, mtu)}`;
  // noqueue can't replace another discipline: one that drops nothing stands in its place.
  if (way.rateBitsPerSecond === 0) return `${set} pfifo limit 100000`;
  const burst = Math.max(mtu + ETHERNET_BYTES, Math.ceil(way.rateBitsPerSecond / 8 / 1000));
  return `${set} tbf rate ${way.rateBitsPerSecond}bit burst ${burst} limit ${way.queueBytes + burst}`;
}

/** Faster than any machine: netem keeps the order of frames only where it has a rate. */
const NO_RATE = 1e12;

function netem(way: Way, mtu: number): string {
  const rate = way.rateBitsPerSecond;
  const frame = mtu + ETHERNET_BYTES;
  // netem counts packets, those under way among them.
  const limit =
    rate === 0 ? 100_000 : Math.ceil((way.queueBytes + (rate / 8000) * (way.delayMs + way.jitterMs)) / frame);
  const parts = [`netem limit ${Math.max(limit, 16)}`, `rate ${rate === 0 ? NO_RATE : rate}bit`];
  if (way.delayMs > 0)
    parts.push(`delay ${microseconds(way.delayMs)}${way.jitterMs > 0 ? ` ${microseconds(way.jitterMs)}` : ""}`);
  if (way.reorderPercent > 0) parts.push(`reorder ${way.reorderPercent}%`);
  if (way.lossPercent > 0) parts.push(`loss ${way.lossPercent}%`);
  if (way.duplicatePercent > 0) parts.push(`duplicate ${way.duplicatePercent}%`);
  return parts.join(" ");
}

function microseconds(ms: number): string {
  return `${Math.round(ms * 1000)}us`;
}

/** What the system keeps of a TAP device's frames while the keeper gets no processor. */
const TAP_FRAMES = 10_000;

function makeTaps(cable: Cable): Step[] {
  const [one, other] = cable.ends;
  const { forth, back, mtu, seed, name } = cable;
  return [
    ...cable.ends.flatMap(makeTap),
    ...cable.ends.map(({ network, device, mac }): Step => ({
      do: "ip",
      network,
      lines: [`link set ${device} address ${mac} mtu ${mtu} txqueuelen ${TAP_FRAMES}`, `link set ${device} up`],
    })),
    {
      do: "carry",
      cable: name,
      ends: [
        { network: one.network, device: one.device },
        { network: other.network, device: other.device },
      ],
      forth,
      back,
      mtu,
      seed,
    },
  ];
}

function makeTap({ network, device }: CableEnd): Step {
  return { do: "tap", network, device };
}
