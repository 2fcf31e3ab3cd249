import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createRawServer, type AddressInfo, type Server as RawServer } from "node:net";

/** Fields in which two proxies may differ: their own names, and what their clients ask for by themselves. */
const OWN = new Set(["via", "accept-encoding", "user-agent", "connection"]);

const ANSWERED: readonly (readonly [string, string])[] = [
  ["Content-Type", "text/plain"],
  ["X-From", "upstream"],
  ["X-From", "twice"],
  ["Set-Cookie", "a=1"],
  ["Set-Cookie", "b=2"],
  ["Server", "Upstream"],
  ["Location", "/there?x=1"],
  ["Connection", "X-Hop"],
  ["X-Hop", "1"],
  ["Proxy-Authenticate", "Basic"],
  ["Alt-Svc", 'h3=":443"'],
  ["Cache-Control", "no-store"],
];

/** Tells in its answer what it was asked, as a proxy passed it on; `/status/NNN` asks for a status. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const status = Number(/^\/status\/(\d+)/.exec(request.url ?? "")?.[1] ?? 200);
    response.writeHead(status, ANSWERED.flat());
    const fields = fieldLines(request.rawHeaders).sort();
    const body = Buffer.concat(chunks).toString("latin1");
    response.end([`${request.method} ${request.url}`, ...fields, "", body].join("\n"));
  });
}

function fieldLines(raw: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? "").toLowerCase();
    if (!OWN.has(name)) lines.push(`${name}: ${raw[i + 1]}`);
  }
  return lines;
}

async function listening(server: RawServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** What proxies are tried with: a server that tells what it was asked, and one that answers what is no HTTP. */
export class Upstreams implements Disposable {
  readonly #telling: Server = createServer(answer);
  readonly #garbled: RawServer = createRawServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => socket.end("this is no response\r\n\r\n"));
  });

  /** The addresses to dial, by the words that stand for them in a config. */
  async start(): Promise<Readonly<Record<"UPSTREAM" | "GARBLED", string>>> {
    const [telling, garbled] = await Promise.all([listening(this.#telling), listening(this.#garbled)]);
    return { UPSTREAM: `127.0.0.1:${telling}`, GARBLED: `127.0.0.1:${garbled}` };
  }

  [Symbol.dispose](): void {
    this.#telling.close();
    this.#telling.closeAllConnections();
    this.#garbled.close();
  }
}
