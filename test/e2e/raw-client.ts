import { connect, type Socket } from "node:net";

/** A connection that speaks HTTP/1.1 in plain text, so that a test sees what becomes of it. */
export class RawClient {
  readonly localPort: number;
  /** Resolves when the connection is over, however it ends. */
  readonly closed: Promise<void>;
  private readonly socket: Socket;
  private received = "";
  private over = false;
  private changed = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    this.localPort = socket.localPort ?? 0;
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.received += text;
      this.stir();
    });
    // "close" follows, and says enough.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.over = true;
      this.stir();
      closed.resolve();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** Whether something came since the last whole response. */
  get answered(): boolean {
    return this.received !== "";
  }

  send(path = "/"): void {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
  }

  /** The next response, head and body; undefined when the connection ended before it. */
  async response(): Promise<string | undefined> {
    for (;;) {
      const end = wholeResponse(this.received);
      if (end > 0) {
        const response = this.received.slice(0, end);
        this.received = this.received.slice(end);
        return response;
      }
      if (this.over) return undefined;
      await this.changed.promise;
    }
  }

  async ask(path?: string): Promise<string | undefined> {
    this.send(path);
    return this.response();
  }

  close(): void {
    this.socket.destroy();
  }

  private stir(): void {
    const { changed } = this;
    this.changed = Promise.withResolvers();
    changed.resolve();
  }
}

/** Where the first response of `text` ends, by its Content-Length; 0 while it is not whole. */
function wholeResponse(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length >= end ? end : 0;
}
