import { NetError } from "./net-error.ts";

/** For a network that no overload knows: a caller without types, or one that reads it from a config. */
export function unknownNetwork(op: string, network: never, address: string): NetError {
  const hint = `${JSON.stringify(network)} is no network that this can ${op}`;
  return new NetError({ op, network: String(network), address, code: "EINVAL", hint });
}
