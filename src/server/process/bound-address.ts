import { formatListenAddress, type ListenAddress } from "../config/index.ts";

/** An address as it is told to people: as in the config, with the port that the system chose where any was asked for. */
export function boundAddressText(address: ListenAddress, port: number): string {
  return formatListenAddress(address.network !== "unix" && address.port === 0 ? { ...address, port } : address);
}
