import { joinHostPort } from "../../addr/index.ts";
import { listen, type Listener } from "../../net/index.ts";
import type { ListenAddress } from "../config/index.ts";

/** Listens on an address of a config; with `fd` on that descriptor, which listens already. Throws NetError. */
export async function openListener(address: ListenAddress, fd?: number): Promise<Listener> {
  const handed = fd === undefined ? undefined : { fd };
  if (address.network !== "unix")
    return listen(address.network, joinHostPort(address.host, address.port), { ...handed });
  return listen("unix", address.path, { ...(handed ?? { mode: address.mode }) });
}
