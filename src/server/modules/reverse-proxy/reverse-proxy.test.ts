import { afterEach, describe, expect, test } from "bun:test";
import { realClock, seededRandom } from "../../../clock/index.ts";
import type { Exchange, ExchangeHandler } from "../../../http/message/index.ts";
import { type Conn, dial, listen } from "../../../net/index.ts";
import { ConfigError, type ConfigPath, type Instance, type ProvisionContext, type Template, UsagePool } from "../../module/index.ts";
import { httpTransport, reverseProxy, selectionPolicies } from "./index.ts";

const running: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

// ── a back end, a proxy and a client, byte by byte ───────────────────────────────────────────────────────────────────

/** What a back end does with each request, whose head it has read. */
type Script = (conn: Conn, head: string) => unknown;

async function backEnd(script: Script): Promise<string> {
  const listener = await listen("tcp", "127.0.0.1:0");
  const conns = new Set<Conn>();
  listener.serve((conn) => {
    conns.add(conn);
    void answerAll(conn, script);
  });
  running.push(() => {
    for (const conn of conns) conn.abort();
    return listener.close();
  });
  return listener.local.toString();
}

async function answerAll(conn: Conn, script: Script): Promise<void> {
  try {
    for (let head = await readHead(conn); head !== ""; head = await readHead(conn)) await script(conn, head);
    await conn.close();
  } catch {
    conn.abort();
  }
}

/** Reads up to the empty line and leaves what follows to be read; "" at the end. */
async function readHead(conn: Conn): Promise<string> {
  let text = "";
  for (;;) {
    const end = text.indexOf("\r\n\r\n") + 4;
    if (end > 3) {
      if (end < text.length) conn.unread(latin1(text.slice(end)));
      return text.slice(0, end);
    }
    const chunk = await conn.read();
    if (chunk === null) return "";
    text += Buffer.from(chunk).toString("latin1");
  }
}

/** Reads until the text so far satisfies; throws when it ends before. */
async function readUntil(conn: Conn, enough: (text: string) => boolean): Promise<string> {
  let text = "";
  while (!enough(text)) {
    const chunk = await conn.read();
    if (chunk === null) throw new Error(`ended after ${JSON.stringify(text)}`);
    text += Buffer.from(chunk).toString("latin1");
  }
  return text;
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
