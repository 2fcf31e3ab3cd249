import { ParseError } from "../../bytes/index.ts";
import type { Prefix } from "../../addr/index.ts";
import { type IpFlags, parsePrefix } from "./explain.ts";
import { printList } from "./print-list.ts";
import { complain } from "./targets.ts";

/** `netwright ip split`: the parts of a prefix, by their number or by their length, such as "/26". */
export async function split(text: string, into: string, flags: IpFlags): Promise<number> {
  try {
    await printList(partsOf(parsePrefix(text), into), flags);
    return 0;
  } catch (error) {
    return complain(error);
  }
}

/** Throws ParseError on what is neither a number nor a length, RangeError on parts that there are not. */
function partsOf(prefix: Prefix, into: string): Iterable<Prefix> {
  const [, slash, digits] = /^(\/?)(\d{1,9})$/.exec(into) ?? [];
  if (digits === undefined)
    throw new ParseError(into, 0, "into how many parts is a number, and how long they are a / and a number");
  return slash === "/" ? prefix.subnets(Number(digits)) : prefix.splitInto(Number(digits));
}
