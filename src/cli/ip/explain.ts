import { Addr, Mac, Prefix } from "../../addr/index.ts";
import { ParseError } from "../../bytes/index.ts";
import { print } from "../print.ts";
import { explainAddr } from "./addr-explanation.ts";
import { type Explanation, explanationText } from "./explanation-text.ts";
import { explainMac } from "./mac-explanation.ts";
import { explainPrefix } from "./prefix-explanation.ts";
import { forEachTarget } from "./targets.ts";

/** The flags of `netwright ip` and its commands. */
export interface IpFlags {
  readonly json?: boolean;
}

/** `netwright ip`: explains addresses and prefixes; `--json` prints an object a line. */
export async function explain(args: readonly string[], flags: IpFlags): Promise<number> {
  let isFirst = true;
  return forEachTarget(args, async ({ text }) => {
    const explanation = explanationOf(text);
    const separator = isFirst ? "" : "\n";
    isFirst = false;
    return print(flags.json === true ? JSON.stringify(explanation) : `${separator}${explanationText(explanation)}`);
  });
}

/** An address, a prefix with a length or a mask, or a hardware address. Throws ParseError. */
function explanationOf(text: string): Explanation {
  if (text.includes("/")) return explainPrefix(text, parsePrefix(text));
  const addr = Addr.tryParse(text);
  if (addr !== undefined) return explainAddr(text, addr);
  const mac = Mac.tryParse(text);
  if (mac !== undefined) return explainMac(text, mac);
  if (/^[a-z]+$/i.test(text))
    throw new ParseError(text, 0, "neither an address nor one of split, merge, range, contains");
  return explainAddr(text, Addr.parse(text));
}

/** A prefix with its length, or with a mask or wildcard. Throws ParseError. */
export function parsePrefix(text: string): Prefix {
  const behind = text.slice(text.lastIndexOf("/") + 1);
  return /[.:]/.test(behind) ? Prefix.parseWithMask(text) : Prefix.parse(text);
}
