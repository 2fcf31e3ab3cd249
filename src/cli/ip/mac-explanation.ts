import { interfaceIdOfMac, type Mac, Prefix, withInterfaceId } from "../../addr/index.ts";

/** What `netwright ip` says of a hardware address, as `--json` prints it. */
export interface MacExplanation {
  readonly input: string;
  readonly kind: "hardware";
  readonly address: string;
  readonly bits: 48 | 64;
  readonly hyphens: string;
  readonly dots: string;
  /** The maker's number. */
  readonly oui: string;
  readonly multicast: boolean;
  readonly local: boolean;
  readonly broadcast: boolean;
  readonly eui64: string;
  /** The link-local address that an interface of it makes of it; a group has none. */
  readonly linkLocal?: string;
}

/** Explains a hardware address. */
export function explainMac(input: string, mac: Mac): MacExplanation {
  const linkLocal = { linkLocal: withInterfaceId(LINK, interfaceIdOfMac(mac)).toString() };
  return {
    input,
    kind: "hardware",
    address: mac.toString(),
    bits: mac.bitLength,
    hyphens: mac.format("hyphen"),
    dots: mac.format("dot"),
    oui: mac.oui,
    multicast: mac.isMulticast,
    local: mac.isLocal,
    broadcast: mac.isBroadcast,
    eui64: mac.toEui64().toString(),
    ...(mac.isMulticast ? undefined : linkLocal),
  };
}

const LINK = Prefix.parse("fe80::/64");
