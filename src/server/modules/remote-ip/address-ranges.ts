import { Addr, Prefix, PrefixTable } from "../../../addr/index.ts";
import type { Exchange } from "../../../http/message/index.ts";
import { ConfigError, type ConfigPath, type ProvisionContext } from "../../module/index.ts";

/** Asks whether an address lies in one of the ranges. */
export type AddressRanges = (addr: Addr, exchange: Exchange) => boolean;

/** Compiles addresses and blocks; however many there are, one look-up finds them. Throws ConfigError with a place below `at`. */
export function compileRanges(ranges: readonly string[], context: ProvisionContext, at: ConfigPath): AddressRanges {
  const table = new PrefixTable<true>();
  const others: AddressRanges[] = [];
  for (const [index, text] of ranges.entries()) {
    const template = context.template(text, ...at, index);
    if (template.constant === undefined) {
      others.push((addr, exchange) => rangeOf(template.evaluate(exchange))?.holds(addr) === true);
      continue;
    }
    const range = rangeOf(template.constant);
    if (range === undefined) {
      throw new ConfigError([...context.path, ...at, index], `${JSON.stringify(text)} is no address or block`, {
        hint: 'write it like "192.0.2.1", "192.0.2.0/24" or "2001:db8::/32"',
      });
    }
    if (range.zone === "") table.set(range.prefix, true);
    else others.push((addr) => range.holds(addr));
  }
  return (addr, exchange) =>
    table.lookup(addr.zone === "" ? addr : addr.withZone("")) === true || others.some((test) => test(addr, exchange));
}

interface Range {
  readonly prefix: Prefix;
  readonly zone: string;
  holds(addr: Addr): boolean;
}

/** An address, a block, or either with a zone that must be the same. */
function rangeOf(text: string): Range | undefined {
  const { bare, zone } = withoutZone(text);
  const addr = Addr.tryParse(bare);
  const prefix = addr === undefined ? Prefix.tryParse(bare) : Prefix.single(addr);
  if (prefix === undefined) return undefined;
  return {
    prefix,
    zone,
    holds: (other) => (zone === "" || other.zone === zone) && prefix.contains(other.withZone("")),
  };
}

function withoutZone(text: string): { readonly bare: string; readonly zone: string } {
  const match = /^([^%/]*)%([^/]*)(\/.*)?$/.exec(text);
  if (match === null) return { bare: text, zone: "" };
  return { bare: `${match[1]}${match[3] ?? ""}`, zone: match[2] ?? "" };
}
