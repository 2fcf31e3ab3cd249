import { tryParsePort } from "./addr-port.ts";
import { REGISTERED_SERVICES } from "./service-table.ts";

/** What a service's port belongs to. */
export type ServiceProtocol = "tcp" | "udp" | "sctp" | "dccp";

/** One line of a list of services. */
export interface Service {
  /** Its name, as IANA registers it. */
  readonly name: string;
  /** 0 to 65,535. */
  readonly port: number;
  /** "tcp", "udp"; lists hold others too, such as "sctp". */
  readonly protocol: string;
  /** Other names of the same service. */
  readonly aliases: readonly string[];
}

/**
 * Names of services and their ports, read from text in the form of /etc/services. Immutable; both ways are one look-up.
 *
 * @example
 * Services.parse("http 80/tcp www\n").port("www", "tcp"); // 80
 */
export class Services implements Iterable<Service> {
  private readonly all: readonly Service[];
  private readonly byName: ReadonlyMap<string, Service>;
  private readonly byPort: ReadonlyMap<string, Service>;

  private constructor(all: readonly Service[]) {
    const byName = new Map<string, Service>();
    const byPort = new Map<string, Service>();
    for (const each of all) {
      for (const name of [each.name, ...each.aliases]) setFirst(byName, key(name, each.protocol), each);
      setFirst(byPort, key(each.port, each.protocol), each);
    }
    this.all = all;
    this.byName = byName;
    this.byPort = byPort;
  }

  /**
   * Reads lines of "name port/protocol aliases… # comment"; several protocols may stand with commas between them. Of two lines for one name
   * or port the first counts. Lines in another form are left out, as the system's own reader does.
   */
  static parse(text: string): Services {
    return new Services(text.split("\n").flatMap(parseLine));
  }

  /** The port of a service by its name or an alias, in any case of letters; undefined when the list has none. */
  port(name: string, protocol: ServiceProtocol): number | undefined {
    return this.byName.get(key(name, protocol))?.port;
  }

  /** The name that belongs to a port; undefined when the list has none. */
  name(port: number, protocol: ServiceProtocol): string | undefined {
    return this.byPort.get(key(port, protocol))?.name;
  }

  /** Its services in the order of the text. */
  [Symbol.iterator](): Iterator<Service> {
    return this.all[Symbol.iterator]();
  }
}

function key(nameOrPort: string | number, protocol: string): string {
  return `${nameOrPort}/${protocol}`.toLowerCase();
}

function setFirst(map: Map<string, Service>, at: string, service: Service): void {
  if (!map.has(at)) map.set(at, service);
}

function parseLine(line: string): Service[] {
  const hash = line.indexOf("#");
  const [name, portAndProtocols, ...aliases] = (hash < 0 ? line : line.slice(0, hash)).trim().split(/\s+/);
  const slash = portAndProtocols?.indexOf("/") ?? -1;
  if (name === undefined || portAndProtocols === undefined || slash < 0) return [];
  const port = tryParsePort(portAndProtocols.slice(0, slash));
  if (port === undefined) return [];
  const protocols = portAndProtocols.slice(slash + 1).split(",");
  return protocols.filter((each) => each !== "").map((protocol) => ({ name, port, protocol, aliases }));
}

let registered: Services | undefined;

/** The well-known ones of IANA's register (RFC 6335), the same on every machine; read on first use, in less than a millisecond. */
export function registeredServices(): Services {
  registered ??= Services.parse(REGISTERED_SERVICES);
  return registered;
}

/** The port that IANA registered for a service's name or alias, such as 443 for "https"; undefined for an unknown name. Case does not matter. */
export function servicePort(name: string, protocol: ServiceProtocol): number | undefined {
  return registeredServices().port(name, protocol);
}

/** The name that IANA registered for a port, such as "https" for 443; undefined for a port without a known name. */
export function serviceName(port: number, protocol: ServiceProtocol): string | undefined {
  return registeredServices().name(port, protocol);
}
