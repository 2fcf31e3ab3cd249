import { describe, expect, test } from "bun:test";
import { closeDescriptor } from "./descriptor.ts";
import { controlEpoll, EPOLL_EVENT, EPOLL_OPERATION } from "./epoll.ts";
import { LoopDoor } from "./loop-door.ts";
import { receiveMessage, sendMessage } from "./message.ts";
import { SOCKET_TYPE } from "./make-socket.ts";
import { makeSocketPair } from "./socket-pair.ts";

const PING: Uint8Array = new TextEncoder().encode("ping");

/** How often a door tells of packets that come one after the other. */
async function toldOf(door: LoopDoor, packets: number): Promise<number> {
  const [a, b] = makeSocketPair(SOCKET_TYPE.datagram);
  controlEpoll(door.epoll, EPOLL_OPERATION.add, b, EPOLL_EVENT.in);
  const done = Promise.withResolvers<void>();
  let told = 0;
  door.onReady = () => {
    if (receiveMessage(b, new Uint8Array(8)).length !== 4) return;
    if (++told === packets) done.resolve();
    else sendMessage(a, PING);
  };
  sendMessage(a, PING);
  await done.promise;
  controlEpoll(door.epoll, EPOLL_OPERATION.remove, b);
  closeDescriptor(a);
  closeDescriptor(b);
  return told;
}

describe("LoopDoor", () => {
  test("has the runtime's own door: whoever upgrades the runtime looks here", async () => {
    const door = new LoopDoor();
    expect(door.isBell).toBe(false);
    expect(await toldOf(door, 1000)).toBe(1000);
    door.hold(false);
  });

  test("rings a bell where there is none", async () => {
    const door = new LoopDoor(true);
    expect(door.isBell).toBe(true);
    expect(await toldOf(door, 1000)).toBe(1000);
    door.hold(false);
  });
});
