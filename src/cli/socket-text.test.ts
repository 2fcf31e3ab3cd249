import { expect, test } from "bun:test";
import { AddrPort } from "../addr/index.ts";
import type { SocketEntry } from "../net/index.ts";
import { socketTable } from "./socket-text.ts";

const LISTENING: SocketEntry = {
  network: "tcp",
  state: "LISTEN",
  local: AddrPort.parse("127.0.0.1:1"),
  remote: undefined,
  receiveQueue: 0,
  sendQueue: 128,
  timer: "none",
  timerMs: 0,
  retransmits: 0,
  uid: 0,
  owners: [],
  info: undefined,
};

test.each([
  [[], "-"],
  [[[7, 3]], "web/7"],
  // One process may have a socket open by several descriptors.
  [
    [
      [7, 3],
      [7, 4],
    ],
    "web/7",
  ],
  [
    [
      [7, 3],
      [8, 3],
      [8, 5],
      [9, 3],
    ],
    "web/7 and 2 more",
  ],
])("the processes of %j are %j", (owners, text) => {
  const socket = { ...LISTENING, owners: owners.map(([pid = 0, fd = 0]) => ({ pid, name: "web", fd })) };
  expect(socketTable([socket], false)[1]).toEndWith(`127.0.0.1:1  -       ${text}`);
});
