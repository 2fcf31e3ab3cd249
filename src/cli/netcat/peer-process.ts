import { NetError, type UnixControl } from "../../net/index.ts";

/** Which process is at the other end of a Unix socket, in words; nothing where it cannot be told. */
export function peerProcess({ unix }: { readonly unix?: UnixControl | undefined }): string {
  if (unix === undefined) return "";
  try {
    const { gid, pid, uid } = unix.peerCredentials();
    return ` (process ${pid} of user ${uid}, group ${gid})`;
  } catch (error) {
    if (error instanceof NetError) return "";
    throw error;
  }
}
