import { AddrRange, AddrSet, type AddrSetMember } from "../../addr/index.ts";
import { type IpFlags, parsePrefix } from "./explain.ts";
import { printList } from "./print-list.ts";
import { forEachTarget } from "./targets.ts";

/** `netwright ip merge` and `ip range`: the fewest prefixes of all targets. Nothing is printed when one of them does not parse. */
export async function merge(args: readonly string[], flags: IpFlags): Promise<number> {
  const members: AddrSetMember[] = [];
  const code = await forEachTarget(args, async ({ text }) => {
    members.push(text.includes("/") ? parsePrefix(text) : AddrRange.parse(text));
    return true;
  });
  if (code === 0) await printList(AddrSet.of(members).prefixes(), flags);
  return code;
}
