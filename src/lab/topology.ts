import type { LinkOptions } from "./way.ts";

/** A machine of a lab: a network namespace. */
export interface HostShape {
  readonly name: string;
  /** Whether it passes on what is meant for others: a router. */
  readonly forwards?: boolean;
}

/**
 * A link. With two ends it is a cable; with more, a segment: an Ethernet switch with a cable to each end, on which the link's values hold from the end to the switch and those of
 * `back` from the switch to the end, so that they count once between any two.
 */
export interface LinkShape {
  /** Default: its ends' names with "-" between them. */
  readonly name?: string;
  /** The names of the hosts. */
  readonly ends: readonly string[];
  readonly options?: LinkOptions;
}

/** What a lab is to be: hosts and links, as the functions beside this make them or as written by hand. */
export interface Topology {
  /** What it is called, such as "chain". */
  readonly name: string;
  readonly hosts: readonly HostShape[];
  readonly links: readonly LinkShape[];
}

/** A link's name, given or made of its ends. */
export function linkName(link: LinkShape): string {
  return link.name ?? link.ends.join("-");
}

const HOST_NAME = /^[a-z][a-z0-9]{0,30}$/;
const MOST_HOSTS = 250;
const MOST_LINKS = 4096;

/** Throws RangeError when a topology can't be made, and says what is wrong with it. */
export function checkTopology({ hosts, links }: Topology): void {
  const names = new Set(hosts.map((host) => host.name));
  if (hosts.length === 0 || hosts.length > MOST_HOSTS)
    throw new RangeError(`a lab has 1 to ${MOST_HOSTS} hosts, not ${hosts.length}`);
  if (links.length > MOST_LINKS) throw new RangeError(`a lab has ${MOST_LINKS} links at most, not ${links.length}`);
  if (names.size < hosts.length) throw new RangeError("two hosts have the same name");
  for (const name of names) {
    if (!HOST_NAME.test(name))
      throw new RangeError(`a host's name has letters and digits in lower case, not ${JSON.stringify(name)}`);
  }
  if (new Set(links.map(linkName)).size < links.length) throw new RangeError("two links have the same name");
  for (const link of links) checkEnds(link, names);
}

function checkEnds(link: LinkShape, hosts: ReadonlySet<string>): void {
  const name = linkName(link);
  if (link.ends.length < 2 || link.ends.length > MOST_HOSTS)
    throw new RangeError(`link ${name} needs two ends or more`);
  if (new Set(link.ends).size < link.ends.length) throw new RangeError(`link ${name} ends twice at the same host`);
  const stranger = link.ends.find((end) => !hosts.has(end));
  if (stranger !== undefined)
    throw new RangeError(`link ${name} ends at ${JSON.stringify(stranger)}, which is no host`);
}
