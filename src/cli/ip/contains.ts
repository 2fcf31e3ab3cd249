import { Addr, Prefix } from "../../addr/index.ts";
import { EXIT_FAILURE } from "../exit.ts";
import { print } from "../print.ts";
import { parsePrefix } from "./explain.ts";
import { complain, forEachTarget } from "./targets.ts";

/** The flags of `netwright ip contains`. */
export interface ContainsFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `netwright ip contains`: whether addresses or prefixes lie in a prefix; the exit code is 1 when one does not. */
export async function contains(text: string, args: readonly string[], flags: ContainsFlags): Promise<number> {
  try {
    return await containsAll(parsePrefix(text).masked(), args, flags);
  } catch (error) {
    return complain(error);
  }
}

async function containsAll(prefix: Prefix, args: readonly string[], flags: ContainsFlags): Promise<number> {
  let allIn = true;
  const code = await forEachTarget(args, async ({ text }) => {
    const isIn = prefix.containsPrefix(text.includes("/") ? parsePrefix(text) : Prefix.single(Addr.parse(text)));
    allIn &&= isIn;
    if (flags.json === true) return print(JSON.stringify({ prefix, target: text, contains: isIn }));
    return flags.quiet === true || print(`${text} ${isIn ? "is" : "is not"} in ${prefix.toString()}`);
  });
  return code === 0 && !allIn ? EXIT_FAILURE : code;
}
