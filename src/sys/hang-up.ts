import { socketQueues } from "./socket-queues.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";

const POLLRDHUP = 0x2000;
const POLLHUP = 0x10;

const symbols = libc({ poll: { args: ["ptr", "u64", "i32"], returns: "i32" } });

/** Whether the peer of a connected stream or seqpacket socket has closed it, or its sending side. What it sent before may still be there. */
function isHungUp(fd: number): boolean {
  const entry = allocate(8);
  const view = new DataView(entry.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLRDHUP, true);
  symbols().poll(entry, 1, 0);
  return (view.getInt16(6, true) & (POLLRDHUP | POLLHUP)) !== 0;
}

/**
 * Whether a receive on a connected seqpacket socket gave nothing because nothing comes any more, and not because the record was empty. Bytes that are still there are records behind an empty
 * one; only an empty record directly before the peer's close cannot be told from the end, which the system reports alike (unix(7)).
 */
export function isRecordsEnd(fd: number): boolean {
  return isHungUp(fd) && socketQueues(fd).unread === 0;
}
