// Echoes "ping" between two sockets of one kind in this process, and prints the CPU time of one round trip in microseconds: round-trips.ts KIND push|pull COUNT DIRECTORY.
import type { Conn, PacketConn } from "../../src/net/index.ts";
import { ROUND_TRIP_KINDS, type RoundTripPair } from "./round-trip-kinds.ts";

const BUFFER_BYTES = 1024;
const PING: Uint8Array = new Uint8Array(new TextEncoder().encode("ping"));

/** Runs so many round trips. */
type Runner = (count: number) => Promise<void>;

function nothing(): void {
  // The bench needs no more of it.
}

const REST = { drain: nothing, error: nothing, close: nothing, end: nothing, timeout: nothing };

function pushStreams(client: Conn, server: Conn): Runner {
  let left = 0;
  let done: () => void = nothing;
  server.attach({ ...REST, data: (chunk) => void server.send(chunk) });
  client.attach({ ...REST, data: () => void (--left > 0 ? client.send(PING) : done()) });
  return async (count) =>
    new Promise((resolve) => {
      left = count;
      done = resolve;
      client.send(PING);
    });
}

function pushPackets(client: PacketConn, server: PacketConn): Runner {
  let left = 0;
  let done: () => void = nothing;
  const answers = server.remote === undefined;
  server.attach({ ...REST, packet: ({ data, from }) => void server.trySend(data, answers ? from : undefined) });
  client.attach({ ...REST, packet: () => void (--left > 0 ? client.trySend(PING) : done()) });
  return async (count) =>
    new Promise((resolve) => {
      left = count;
      done = resolve;
      client.trySend(PING);
    });
}

function pullStreams(client: Conn, server: Conn): Runner {
  void (async () => {
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (;;) {
      const length = await server.readInto(buffer);
      if (length === null) return;
      await server.write(buffer.subarray(0, length));
    }
  })();
  const buffer = new Uint8Array(BUFFER_BYTES);
  return async (count) => {
    for (let i = 0; i < count; i++) {
      await client.write(PING);
      await client.readInto(buffer);
    }
  };
}

function pullPackets(client: PacketConn, server: PacketConn): Runner {
  const answers = server.remote === undefined;
  void (async () => {
    const buffer = new Uint8Array(BUFFER_BYTES);
    for (;;) {
      const received = await server.recvInto(buffer);
      if (received === null) return;
      await server.send(buffer.subarray(0, received.length), answers ? received.from : undefined);
    }
  })();
  const buffer = new Uint8Array(BUFFER_BYTES);
  return async (count) => {
    for (let i = 0; i < count; i++) {
      await client.send(PING);
      await client.recvInto(buffer);
    }
  };
}

function runner(pair: RoundTripPair, mode: string): Runner {
  if (pair.streams) return (mode === "push" ? pushStreams : pullStreams)(pair.client, pair.server);
  return (mode === "push" ? pushPackets : pullPackets)(pair.client, pair.server);
}

const [kind = "", mode = "", countText = "", directory = ""] = process.argv.slice(2);
const count = Number(countText);
const run = runner(await ROUND_TRIP_KINDS[kind]!(directory), mode);
// Until the code is compiled.
await run(Math.ceil(count / 4));
const before = process.cpuUsage();
await run(count);
const { system, user } = process.cpuUsage(before);
console.log((user + system) / count);
process.exit(0);
