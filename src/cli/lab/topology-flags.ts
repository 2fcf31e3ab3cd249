import {
  bus,
  chain,
  type LinkOptions,
  mesh,
  pointToPoint,
  ring,
  type ShapeOptions,
  star,
  type Topology,
} from "../../lab/index.ts";
import { Misuse } from "../misuse.ts";
import { parseSetting, parseSettings, SETTING_NAMES } from "./link-setting.ts";

/** The flags that say what a lab is. */
export interface TopologyFlags {
  readonly hops?: string;
  readonly hosts?: string;
  readonly delay?: string;
  readonly jitter?: string;
  readonly loss?: string;
  readonly duplicate?: string;
  readonly reorder?: string;
  readonly rate?: string;
  readonly queue?: string;
  readonly mtu?: string;
  readonly back?: string;
  /** Settings of single links, as "2: mtu 1280". */
  readonly link?: readonly string[];
}

/** The shapes by their names. */
export const SHAPES: readonly string[] = ["point-to-point", "bus", "ring", "star", "mesh", "chain"];

/** The topology that a shape's name and flags ask for. Throws an error that names the flag that is wrong. */
export function topologyOf(shape: string, flags: TopologyFlags): Topology {
  const { hops, hosts } = flags;
  if (hops !== undefined && shape !== "chain")
    throw new Misuse(`--hops: only a chain has hops; a ${shape} has --hosts`);
  if (hosts !== undefined && (shape === "chain" || shape === "point-to-point")) {
    throw new Misuse(`--hosts: ${shape === "chain" ? "a chain has --hops" : "a point-to-point link has two hosts"}`);
  }
  const options = { link: linkOf(flags), links: linksOf(flags.link ?? []) };
  const sized = hosts === undefined ? options : { ...options, hosts: whole("--hosts", hosts) };
  switch (shape) {
    case "point-to-point":
      return pointToPoint(options);
    case "bus":
      return bus(sized);
    case "ring":
      return ring(sized);
    case "star":
      return star(sized);
    case "mesh":
      return mesh(sized);
    case "chain":
      return chain(hops === undefined ? options : { ...options, hops: whole("--hops", hops) });
    default:
      throw new Misuse(`there is no topology ${JSON.stringify(shape)}: there are ${SHAPES.join(", ")}`);
  }
}

function linkOf(flags: TopologyFlags): LinkOptions {
  let link: LinkOptions = {};
  for (const name of SETTING_NAMES) {
    const text = flags[name as keyof TopologyFlags];
    if (typeof text === "string") link = { ...link, ...named(`--${name}`, () => parseSetting(name, text)) };
  }
  const { back } = flags;
  if (back === undefined) return link;
  const { mtu, ...way } = named("--back", () => parseSettings(back));
  if (mtu !== undefined) throw new Misuse("--back: both ways of a link have the same MTU: give --mtu");
  return { ...link, back: way };
}

function linksOf(texts: readonly string[]): NonNullable<ShapeOptions["links"]> {
  const links: LinkOptions[] = [];
  for (const text of texts) {
    const found = /^\s*(\d+)\s*:(.*)$/s.exec(text);
    const number = Number(found?.[1]);
    if (found === null || !(number >= 1 && number <= 4096)) {
      throw new Misuse(
        `--link: write the link's number, from 1, and settings: "2: mtu 1280", not ${JSON.stringify(text)}`,
      );
    }
    links[number - 1] = { ...links[number - 1], ...named("--link", () => parseSettings(found[2]!)) };
  }
  return Array.from(links);
}

function whole(flag: string, text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Misuse(`${flag}: a whole number, not ${JSON.stringify(text)}`);
}

function named<T>(flag: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Misuse(`${flag}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
