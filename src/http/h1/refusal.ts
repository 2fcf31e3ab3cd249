import { statusText } from "../message/index.ts";
import { statusLine } from "./response-head-writer.ts";
import type { ServerContext } from "./server-context.ts";

/** The whole answer to what is no exchange, because it broke the rules or never came: the connection ends behind it. */
export function refusal(server: ServerContext, status: number, reason: string): Uint8Array {
  const body = `${status} ${statusText(status)}: ${reason}\n`;
  const fields = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n`;
  return Buffer.concat([
    statusLine(status),
    Buffer.from(fields, "latin1"),
    server.tail(server.clock.now()),
    Buffer.from(body, "latin1"),
  ]);
}
