import { connect, createServer, type Server, type Socket } from "node:net";

/** One end of a connection that speaks in plain bytes: a client of the proxy, or a connection that the proxy made. It is not ours: node:net. */
export class Peer {
  readonly socket: Socket;
  /** What came, as Latin-1; not kept while `discard` is set. */
  text = "";
  received = 0;
  discard = false;
  /** The other side sent its last byte. */
  ended = false;
  closed = false;
  error: Error | undefined;
  private readonly waiters: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.received += chunk.length;
      if (!this.discard) this.text += chunk.toString("latin1");
      this.wake();
    });
    socket.on("end", () => {
      this.ended = true;
      this.wake();
    });
    socket.on("error", (error) => {
      this.error = error;
      this.wake();
    });
    socket.on("close", () => {
      this.closed = true;
      this.wake();
    });
  }

  static async to(port: number): Promise<Peer> {
    const peer = new Peer(connect({ host: "127.0.0.1", port, allowHalfOpen: true }));
    await new Promise((resolve) => peer.socket.once("connect", resolve));
    return peer;
  }

  send(text: string): this {
    this.socket.write(Buffer.from(text, "latin1"));
    return this;
  }

  /** Waits until `condition` holds, asking after every event; throws when the connection is gone and it still does not. */
  async until(condition: (peer: Peer) => boolean): Promise<this> {
    while (!condition(this)) {
      if (this.closed)
        throw new Error(`the connection is over; it brought ${JSON.stringify(this.text.slice(0, 2000))}`);
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
    return this;
  }

  /** Waits for a text, and returns everything up to its end, which is then no longer in `text`. */
  async take(text: string): Promise<string> {
    await this.until((peer) => peer.text.includes(text));
    const end = this.text.indexOf(text) + text.length;
    const taken = this.text.slice(0, end);
    this.text = this.text.slice(end);
    return taken;
  }

  async whenClosed(): Promise<this> {
    while (!this.closed) await new Promise<void>((resolve) => this.waiters.push(resolve));
    return this;
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}

/** A server whose every connection is handed to the test. */
export class PeerServer implements AsyncDisposable {
  readonly connections: Peer[] = [];
  private readonly server: Server;
  private readonly waiters: (() => void)[] = [];
  private readonly onPeer: ((peer: Peer, index: number) => void) | undefined;

  private constructor(onPeer?: (peer: Peer, index: number) => void) {
    this.onPeer = onPeer;
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.accepted(new Peer(socket)));
  }

  /** Listens on a port of 127.0.0.1 (default: a free one), or on the path of a socket. */
  static async start(onPeer?: (peer: Peer, index: number) => void, at: number | string = 0): Promise<PeerServer> {
    const server = new PeerServer(onPeer);
    const place = typeof at === "string" ? { path: at } : { port: at, host: "127.0.0.1" };
    await new Promise<void>((resolve) => server.server.listen(place, resolve));
    return server;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** How a proxy's config names it. */
  get dial(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** The connection of that number, as soon as it is there. */
  async connection(index = 0): Promise<Peer> {
    while (this.connections.length <= index) await new Promise<void>((resolve) => this.waiters.push(resolve));
    return this.connections[index]!;
  }

  private accepted(peer: Peer): void {
    const index = this.connections.push(peer) - 1;
    this.onPeer?.(peer, index);
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.connections) peer.socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** A port on which nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = await PeerServer.start();
  const { port } = server;
  await server[Symbol.asyncDispose]();
  return port;
}
