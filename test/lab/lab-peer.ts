import { Lab, pointToPoint } from "../../src/lab/index.ts";
import { type Peer, peer } from "../peers.ts";

/**
 * What tests in a lab need: iproute2, util-linux, nftables, TAP devices, and the right to make namespaces. As with every peer, a machine without them skips the tests and says
 * so, and with NETWRIGHT_PEERS=required it is a failure.
 */
export const labs: Peer = await findLabs();

async function findLabs(): Promise<Peer> {
  for (const program of ["ip", "tc", "nft", "unshare", "nsenter", "setpriv"]) {
    const found = peer(program);
    if (!found.available) return found;
  }
  try {
    await using lab = await Lab.create(pointToPoint(), { driver: "userspace" });
    return { available: true, path: lab.layout.name, skipped: "" };
  } catch (error) {
    if (process.env["NETWRIGHT_PEERS"] === "required") throw error;
    return {
      available: false,
      path: "",
      skipped: ` (skipped: ${error instanceof Error ? error.message : String(error)})`,
    };
  }
}
