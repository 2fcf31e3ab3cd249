import { ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { SystemError } from "./system-error.ts";

const symbols = libc({ if_nametoindex: { args: ["ptr"], returns: "u32" } });

/** The index of a network interface, by its name or from its number. Throws SystemError ENODEV. */
export function interfaceIndex(nameOrIndex: string | number): number {
  if (typeof nameOrIndex === "number") return nameOrIndex;
  const index = symbols().if_nametoindex(Buffer.from(`${nameOrIndex}\0`));
  if (index === 0) throw new SystemError(`if_nametoindex ${nameOrIndex}`, ERRNO.ENODEV);
  return index;
}
