import { connect } from "node:net";

/** A response as it came over the wire. */
export interface WireResponse {
  readonly status: number;
  /** In order, names in lower case. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Sends bytes to a port and reads what comes until the peer closes. The bytes should ask for that. */
export async function exchangeBytes(port: number, request: string): Promise<WireResponse> {
  const raw = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
    socket.on("error", (error) => (chunks.length > 0 ? resolve(Buffer.concat(chunks)) : reject(error)));
    socket.on("close", () => resolve(Buffer.concat(chunks)));
    socket.write(Buffer.from(request, "latin1"));
  });
  return parseResponse(raw);
}

function parseResponse(raw: Buffer): WireResponse {
  const end = raw.indexOf("\r\n\r\n");
  if (end < 0) return { status: 0, fields: [], body: raw.toString("latin1") };
  const [line = "", ...lines] = raw.toString("latin1", 0, end).split("\r\n");
  const fields = lines.map((each) => {
    const colon = each.indexOf(":");
    return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()] as const;
  });
  const body = raw.subarray(end + 4);
  const chunked = fields.some(([name, value]) => name === "transfer-encoding" && value === "chunked");
  return { status: Number(line.split(" ")[1]), fields, body: (chunked ? dechunk(body) : body).toString("latin1") };
}

function dechunk(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const line = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, line), 16);
    if (!(size > 0)) break;
    pieces.push(body.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
  return Buffer.concat(pieces);
}
