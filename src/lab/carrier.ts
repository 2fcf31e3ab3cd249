import { type Clock, seededRandom } from "../clock/index.ts";
import { PollSet, readFrame, writeFrame } from "../sys/index.ts";
import { LinkMachine, type WayCounters } from "./link-machine.ts";
import { ETHERNET_BYTES, type Way } from "./way.ts";

/** How many frames are read from a device before the others have their turn. */
const FRAMES_AT_A_TIME = 64;
/** What a frame may have beside the bytes that its MTU counts: Ethernet's header and a VLAN's tag. One more byte tells a frame that is too long, which is dropped. */
const LONGER_BYTES = ETHERNET_BYTES + 4 + 1;

/** One way of a carried cable: from one TAP device to the other. */
interface CarriedWay {
  readonly from: number;
  readonly to: number;
  readonly machine: LinkMachine;
  readonly frameBytes: number;
}

/** What a cable between two TAP devices is. */
export interface CarriedCable {
  /** The descriptors of its devices, which the carrier does not close. */
  readonly descriptors: readonly [number, number];
  readonly forth: Way;
  readonly back: Way;
  readonly mtu: number;
  readonly seed: number;
}

/** Carries frames between TAP devices, with what the links between them do to frames. It blocks its thread: it is a process's only business. */
export class Carrier {
  private readonly clock: Clock;
  private readonly control: number;
  private readonly cables = new Map<string, readonly [CarriedWay, CarriedWay]>();
  private ways: readonly CarriedWay[] = [];
  private poll: PollSet;

  /** `control`: a further descriptor that `turn` waits for. */
  constructor(clock: Clock, control: number) {
    this.clock = clock;
    this.control = control;
    this.poll = new PollSet([control]);
  }

  /** Begins to carry a cable; one of the same name is carried no longer. */
  carry(name: string, cable: CarriedCable): void {
    const { descriptors, forth, back, mtu, seed } = cable;
    const [one, other] = descriptors;
    this.cables.set(name, [carriedWay(one, other, forth, mtu, seed), carriedWay(other, one, back, mtu, seed + 1)]);
    this.watch();
  }

  /** Other values for a cable. */
  set(name: string, forth: Way, back: Way): void {
    const [out, home] = this.cable(name);
    out.machine.set(forth);
    home.machine.set(back);
  }

  /** Lets a cable lose everything, or no longer. */
  setUp(name: string, up: boolean): void {
    for (const way of this.cable(name)) way.machine.setUp(up);
  }

  /** What has happened on a cable, forth and back. */
  counters(name: string): readonly [WayCounters, WayCounters] {
    const [out, home] = this.cable(name);
    return [out.machine.counters, home.machine.counters];
  }

  /** Waits for frames, for the time of those under way, or for the control descriptor, but no longer than `atMostMs`; carries what there is. Returns whether the control descriptor is ready. */
  turn(atMostMs: number): boolean {
    if (this.poll.wait(this.waitMs(atMostMs)) > 0) this.readAll();
    const now = this.clock.now();
    for (const way of this.ways) deliver(way, now);
    return this.poll.ready(0);
  }

  private waitMs(atMostMs: number): number {
    let next = Infinity;
    for (const { machine } of this.ways) next = Math.min(next, machine.next());
    return next === Infinity ? atMostMs : Math.min(atMostMs, Math.max(0, next - this.clock.now()));
  }

  private readAll(): void {
    for (let i = 0; i < this.ways.length; i++) {
      if (this.poll.ready(i + 1)) this.read(this.ways[i]!);
    }
  }

  private read({ from, machine, frameBytes }: CarriedWay): void {
    const { incoming } = machine;
    for (let frames = 0; frames < FRAMES_AT_A_TIME; frames++) {
      const offset = incoming.reserve();
      const length = readFrame(from, incoming.memory, offset, frameBytes);
      if (length < 0) return;
      if (length < frameBytes) machine.send(length, this.clock.now());
    }
  }

  private cable(name: string): readonly [CarriedWay, CarriedWay] {
    const found = this.cables.get(name);
    if (found === undefined) throw new RangeError(`no cable ${name} is carried`);
    return found;
  }

  private watch(): void {
    this.ways = [...this.cables.values()].flat();
    this.poll = new PollSet([this.control, ...this.ways.map((way) => way.from)]);
  }
}

function carriedWay(from: number, to: number, way: Way, mtu: number, seed: number): CarriedWay {
  const frameBytes = mtu + LONGER_BYTES;
  return { from, to, frameBytes, machine: new LinkMachine(way, frameBytes, seededRandom(seed)) };
}

function deliver({ to, machine }: CarriedWay, now: number): void {
  for (let queue = machine.ready(now); queue !== undefined; queue = machine.ready(now)) {
    // A device that is down takes nothing (EIO), as a cable that is pulled out does.
    writeFrame(to, queue.memory, queue.headOffset, queue.headLength);
    queue.shift();
  }
}
