// Asks an echo over UDP as fast as it answers, and prints what came of it as JSON. Usage: bun packet-load.ts PORT SECONDS
import type { PacketCount } from "./packet-count.ts";

/** Clients, each with a socket of its own, and the packets that each has on their way. */
const CLIENTS = 16;
const WINDOW = 8;
const PAYLOAD: Uint8Array = new Uint8Array(64).fill(0x78);
/** How long after the last answer a client takes its packets for lost and sends new ones. */
const PATIENCE_MS = 100;

interface Client {
  readonly send: () => void;
  heardAt: number;
}

const port = Number(process.argv[2]);
const seconds = Number(process.argv[3]);
const count: { -readonly [Name in keyof PacketCount]: PacketCount[Name] } = { answers: 0, lost: 0, wrong: 0 };
const clients: Client[] = await Promise.all(Array.from({ length: CLIENTS }, open));

async function open(): Promise<Client> {
  const socket = await Bun.udpSocket({
    connect: { hostname: "127.0.0.1", port },
    socket: {
      data: (_socket, data) => {
        if (data.length !== PAYLOAD.length) count.wrong++;
        count.answers++;
        client.heardAt = performance.now();
        client.send();
      },
    },
  });
  const client: Client = { send: () => void socket.send(PAYLOAD), heardAt: performance.now() };
  return client;
}

function fill(client: Client): void {
  for (let i = 0; i < WINDOW; i++) client.send();
}

clients.forEach(fill);
const patience = setInterval(() => {
  const now = performance.now();
  for (const client of clients) {
    if (now - client.heardAt < PATIENCE_MS) continue;
    count.lost += WINDOW;
    client.heardAt = now;
    fill(client);
  }
}, PATIENCE_MS);
setTimeout(() => {
  clearInterval(patience);
  console.log(JSON.stringify(count));
  process.exit(0);
}, seconds * 1000);
