import {
  type Addr,
  type AddrCategory,
  addrCategory,
  type Anycast,
  anycast,
  embeddedV4,
  type EmbeddedV4Kind,
  interfaceIdOf,
  macOfInterfaceId,
  multicastGroupName,
  multicastMac,
  type MulticastScope,
  type Prefix,
  reverseName,
  solicitedNode,
  specialPurpose,
} from "../../addr/index.ts";
import { type RegistryEntry, registryEntry } from "./registry-entry.ts";

/** What `netwright ip` says of an address, as `--json` prints it. Keys that do not apply are left out. */
export interface AddrExplanation {
  readonly input: string;
  readonly kind: "address";
  readonly version: 4 | 6;
  readonly address: string;
  readonly zone?: string;
  readonly expanded?: string;
  readonly category: AddrCategory;
  readonly anycast?: Anycast;
  readonly kinds: readonly string[];
  readonly multicast?: { readonly scope: MulticastScope; readonly group?: string; readonly hardware: string };
  /** The entry of IANA's registries that holds it; null for an ordinary address. */
  readonly registry: RegistryEntry | null;
  readonly globallyReachable: boolean;
  readonly embedded?: EmbeddedExplanation;
  /** The hardware address that its interface identifier shows. */
  readonly hardware?: string;
  readonly solicitedNode?: string;
  readonly reverseName: string;
  /** In decimal, as a text: it may be too large for a JSON number. */
  readonly integer: string;
  readonly hex: string;
  readonly binary: string;
}

/** The version 4 address inside. */
export interface EmbeddedExplanation {
  readonly kind: EmbeddedV4Kind;
  readonly address: string;
  readonly server?: string;
  readonly port?: number;
}

/** Explains an address; with the subnet it is in, also what it is there. */
export function explainAddr(input: string, addr: Addr, subnet?: Prefix): AddrExplanation {
  const entry = specialPurpose(addr);
  const near = anycast(addr, subnet);
  return {
    input,
    kind: "address",
    version: addr.version,
    address: addr.toString(),
    ...(addr.zone === "" ? undefined : { zone: addr.zone }),
    ...(addr.version === 4 ? undefined : { expanded: addr.toExpandedString() }),
    category: addrCategory(addr, subnet),
    ...(near === undefined ? undefined : { anycast: near }),
    kinds: kindsOf(addr),
    ...multicastOf(addr),
    registry: entry === undefined ? null : registryEntry(entry),
    globallyReachable: addr.isGloballyReachable,
    ...embeddedOf(addr),
    ...hostOf(addr),
    reverseName: reverseName(addr),
    ...numbersOf(addr),
  };
}

/** What an address is, by the name that people give it. */
const KINDS: readonly (readonly [is: (addr: Addr) => boolean, name: string])[] = [
  [(addr) => addr.isLoopback, "loopback"],
  [(addr) => addr.isPrivateUse, "private-use"],
  [(addr) => addr.isUniqueLocal, "unique-local"],
  [(addr) => addr.isLinkLocal, "link-local"],
  [(addr) => addr.isSiteLocal, "site-local (deprecated)"],
  [(addr) => addr.isShared, "shared (carrier NAT)"],
  [(addr) => addr.isDocumentation, "documentation"],
  [(addr) => addr.is4in6, "IPv4-mapped"],
  [(addr) => addr.isNat64, "NAT64"],
  [(addr) => addr.is6to4, "6to4"],
  [(addr) => addr.isTeredo, "Teredo"],
];

function kindsOf(addr: Addr): readonly string[] {
  return KINDS.filter(([is]) => is(addr)).map(([, name]) => name);
}

function multicastOf(addr: Addr): Pick<AddrExplanation, "multicast"> {
  const scope = addr.multicastScope;
  if (scope === undefined) return {};
  const group = multicastGroupName(addr);
  const hardware = multicastMac(addr).toString();
  return { multicast: { scope, ...(group === undefined ? undefined : { group }), hardware } };
}

function embeddedOf(addr: Addr): Pick<AddrExplanation, "embedded"> {
  const found = embeddedV4(addr);
  if (found === undefined) return {};
  const { kind, teredo } = found;
  const more = teredo === undefined ? undefined : { server: teredo.server.toString(), port: teredo.port };
  return { embedded: { kind, address: found.addr.toString(), ...more } };
}

/** What only the address of one interface of version 6 has. */
function hostOf(addr: Addr): Pick<AddrExplanation, "hardware" | "solicitedNode"> {
  if (addr.version === 4 || addr.is4in6 || addr.isMulticast || addr.isUnspecified || addr.isLoopback) return {};
  const mac = macOfInterfaceId(interfaceIdOf(addr));
  const hardware = mac === undefined ? undefined : { hardware: mac.toString() };
  return { ...hardware, solicitedNode: solicitedNode(addr).toString() };
}

function numbersOf(addr: Addr): Pick<AddrExplanation, "integer" | "hex" | "binary"> {
  const number = addr.toBigInt();
  const bits = number.toString(2).padStart(addr.bitLength, "0");
  return {
    integer: number.toString(),
    hex: `0x${number.toString(16).padStart(addr.bitLength / 4, "0")}`,
    binary: addr.version === 4 ? bits.match(/.{8}/g)!.join(".") : bits.match(/.{16}/g)!.join(":"),
  };
}
