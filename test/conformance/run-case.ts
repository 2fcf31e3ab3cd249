import { RawClient } from "../scoreboard/raw-client.ts";
import { type ConformanceCase, judge } from "./case.ts";

/** How long a server may take to answer, or to close, before it counts as if it never did. */
const PATIENCE_MS = 3000;

/** Sends a case to a local port and judges what comes back: "" when it is as it must be. `cut` sends the bytes in two pieces, the first of that length. */
export async function runCase(each: ConformanceCase, port: number, cut?: number): Promise<string> {
  const client = await RawClient.connect(port);
  try {
    if (cut === undefined) client.send(each.bytes);
    else {
      client.send(each.bytes.slice(0, cut));
      // What was sent first should arrive first: this lets the other end run.
      await new Promise((resolve) => void setImmediate(resolve));
      client.send(each.bytes.slice(cut));
    }
    const closed = await client.end(each.closes === true ? PATIENCE_MS : 200);
    return judge(each, statusesOf(client.received, each.bytes), closed);
  } finally {
    client.close();
  }
}

/** The statuses of a run of responses; interim ones are passed over. */
function statusesOf(text: string, request: string): number[] {
  const statuses: number[] = [];
  let headOnly = request.startsWith("HEAD ");
  for (let rest = text; ;) {
    const head = /^HTTP\/1\.\d (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
    if (head === null) return statuses;
    rest = rest.slice(head[0].length);
    const status = Number(head[1]);
    if (status >= 100 && status < 200) continue;
    statuses.push(status);
    rest = rest.slice(headOnly ? 0 : bodyLength(head[2]!, rest));
    headOnly = false;
  }
}

function bodyLength(fields: string, rest: string): number {
  const length = /^content-length: *(\d+)/im.exec(fields);
  if (length !== null) return Number(length[1]);
  if (!/^transfer-encoding: *chunked/im.test(fields)) return rest.length;
  const end = rest.indexOf("0\r\n\r\n");
  return end < 0 ? rest.length : end + 5;
}
