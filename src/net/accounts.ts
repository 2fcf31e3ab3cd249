import { readFileSync } from "node:fs";
import { NetError } from "./net-error.ts";

/** The numbers of names in a file of the form of /etc/passwd or /etc/group: name, password, number. */
function numbersIn(file: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [name = "", , number = ""] = line.split(":");
    if (name !== "" && /^\d+$/.test(number) && !numbers.has(name)) numbers.set(name, Number(number));
  }
  return numbers;
}

/** The number of a group, by /etc/group (or a file of its form); undefined for one that is not in it. Throws an Error where the file cannot be read. */
export function groupNumber(name: string, file = "/etc/group"): number | undefined {
  return numbersIn(file).get(name);
}

/** The number of a user, by /etc/passwd (or a file of its form). */
export function userNumber(name: string, file = "/etc/passwd"): number | undefined {
  return numbersIn(file).get(name);
}

/** Whom a socket's file is to belong to, as numbers. Throws NetError EINVAL for a name that there is not. */
export function ownersOf(
  options: { readonly owner?: string | number | undefined; readonly group?: string | number | undefined },
  network: string,
  address: string,
): { readonly uid: number | undefined; readonly gid: number | undefined } {
  const { group, owner } = options;
  const resolve = (what: string, given: string | number | undefined, find: (name: string) => number | undefined) => {
    if (given === undefined || typeof given === "number") return given;
    const number = /^\d+$/.test(given) ? Number(given) : find(given);
    if (number !== undefined) return number;
    const hint = `there is no ${what} ${JSON.stringify(given)} on this machine`;
    throw new NetError({ op: "listen", network, address, code: "EINVAL", hint });
  };
  return { uid: resolve("user", owner, userNumber), gid: resolve("group", group, groupNumber) };
}
