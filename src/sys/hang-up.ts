import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";

const POLLRDHUP = 0x2000;
const POLLHUP = 0x10;

const symbols = libc({ poll: { args: ["ptr", "u64", "i32"], returns: "i32" } });

/** Whether the peer of a connected stream or seqpacket socket has closed it, or its sending side. What it sent before may still be there. */
export function isHungUp(fd: number): boolean {
  const entry = allocate(8);
  const view = new DataView(entry.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLRDHUP, true);
  symbols().poll(entry, 1, 0);
  return (view.getInt16(6, true) & (POLLRDHUP | POLLHUP)) !== 0;
}
