/** What happens to frames on one way of a link. What is left out does not happen: no delay, no loss, and as fast as the machine can. */
export interface WayOptions {
  /** How long a frame is under way after its last bit was sent, in milliseconds. */
  readonly delayMs?: number;
  /** By how much the delay of each frame is more or less, evenly spread; frames keep their order. At most `delayMs`. */
  readonly jitterMs?: number;
  /** How many frames of a hundred are lost on the way, by chance and after they were sent. */
  readonly lossPercent?: number;
  /** How many frames of a hundred arrive twice. */
  readonly duplicatePercent?: number;
  /** How many frames of a hundred skip the delay and so overtake those before them. It needs a delay. */
  readonly reorderPercent?: number;
  /** How many bits are sent a second, of whole Ethernet frames without preamble and checksum. */
  readonly rateBitsPerSecond?: number;
  /** How many bytes wait to be sent before frames are dropped (default: 100 ms of the rate, and 16 frames at least). Without a rate nothing waits. */
  readonly queueBytes?: number;
}

/** A way with every value said; a rate of 0 is none. */
export type Way = { readonly [Option in keyof WayOptions]-?: NonNullable<WayOptions[Option]> };

/** What a link is: one way's values, which hold for both, and what is its own of the way back. */
export interface LinkOptions extends WayOptions {
  /** The most bytes of an IP packet, on both ways (default 1500). A link with less than 1280 carries no IPv6. */
  readonly mtu?: number;
  /** What differs on the way from the second end to the first. */
  readonly back?: WayOptions;
}

/** What a frame has around an IP packet: Ethernet's addresses and type. */
export const ETHERNET_BYTES = 14;
export const DEFAULT_MTU = 1500;
/** What IPv4 asks of every link (RFC 791), and the most that Linux gives a veth or TAP device. */
const LEAST_MTU = 68;
const MOST_MTU = 65_521;
const QUEUE_MS = 100;
const QUEUE_FRAMES = 16;
/** An hour: more is a mistake of units. */
const LONGEST_DELAY_MS = 3_600_000;
const LOWEST_RATE = 8;
const HIGHEST_RATE = 1e12;

/** The way out of a link. Throws RangeError for what can't be. */
export function wayForth(link: LinkOptions): Way {
  return resolveWay(link, mtuOf(link));
}

/** The way back of a link. */
export function wayBack(link: LinkOptions): Way {
  return resolveWay({ ...link, ...link.back }, mtuOf(link));
}

/** Throws RangeError for a link that can't be. */
export function checkLink(link: LinkOptions): void {
  wayForth(link);
  wayBack(link);
}

/** Nothing happens on this way. */
export function clearWay(): Way {
  return resolveWay({}, DEFAULT_MTU);
}

/** The MTU of a link. Throws RangeError. */
export function mtuOf(link: LinkOptions): number {
  return within("mtu", link.mtu ?? DEFAULT_MTU, LEAST_MTU, MOST_MTU);
}

function resolveWay(options: WayOptions, mtu: number): Way {
  const delayMs = within("delayMs", options.delayMs ?? 0, 0, LONGEST_DELAY_MS);
  const reorderPercent = percent("reorderPercent", options.reorderPercent);
  if (reorderPercent > 0 && delayMs === 0) {
    throw new RangeError("reorderPercent needs delayMs: a frame overtakes those that are under way");
  }
  const rate = options.rateBitsPerSecond ?? 0;
  const leastQueue = QUEUE_FRAMES * (mtu + ETHERNET_BYTES);
  return {
    delayMs,
    jitterMs: within("jitterMs", options.jitterMs ?? 0, 0, delayMs),
    lossPercent: percent("lossPercent", options.lossPercent),
    duplicatePercent: percent("duplicatePercent", options.duplicatePercent),
    reorderPercent,
    rateBitsPerSecond: rate === 0 ? 0 : within("rateBitsPerSecond", rate, LOWEST_RATE, HIGHEST_RATE),
    queueBytes: within(
      "queueBytes",
      options.queueBytes ?? Math.max(leastQueue, Math.round((rate / 8000) * QUEUE_MS)),
      1,
      Number.MAX_SAFE_INTEGER,
    ),
  };
}

function percent(name: string, value = 0): number {
  return within(name, value, 0, 100);
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new RangeError(`${name} is from ${least} to ${most}, not ${value}`);
}
