import type { Endpoint } from "../../net/index.ts";
import { type Exchange, type Fields, HandlerError, isBodiless, type Next } from "../message/index.ts";

/** What a Handler may know besides the request. */
export interface Info {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** The exchange below, for what Request has no word for: hijack, sendFile, interim responses. A handler that answers by it returns undefined. */
  readonly exchange: Exchange;
}

/** Answers a request: the fetch shape. Undefined: it has answered by `info.exchange`. */
export type Handler = (request: Request, info: Info) => Response | undefined | Promise<Response | undefined>;

/** A Handler as the engine calls it. */
export function fetchHandler(handler: Handler): Next {
  return async (exchange) => {
    const info = { remote: exchange.remote, local: exchange.local, exchange };
    const response = await handler(requestOf(exchange), info);
    if (response !== undefined) await sendResponse(exchange, response);
  };
}

/** The exchange's request as a web Request; its body is read when the handler reads it. */
function requestOf(exchange: Exchange): Request {
  const { method } = exchange;
  const url = urlOf(exchange);
  const headers = new Headers();
  for (const [name, value] of exchange.fields) headers.append(name, value);
  const init: RequestInit = { method, headers, signal: exchange.signal };
  if (exchange.body.length !== 0 && method !== "GET" && method !== "HEAD") init.body = exchange.body.stream;
  try {
    return new Request(url, init);
  } catch (cause) {
    throw new HandlerError(400, `${method} ${url} is no request that the web's Request can hold`, { cause });
  }
}

function urlOf(exchange: Exchange): string {
  const host = exchange.host === "" ? exchange.local.toString() : exchange.host;
  const target = exchange.target.startsWith("/") ? exchange.target : "/";
  return `${exchange.scheme}://${host}${target}`;
}

async function sendResponse(exchange: Exchange, response: Response): Promise<void> {
  putFields(exchange.responseFields, response.headers);
  const told = toldLength(response.headers);
  const { body, status } = response;
  if (status === 0 || status === 101)
    throw new HandlerError(500, `a handler cannot answer a Response of status ${status}`);
  if (body === null) {
    // For a HEAD or a 304 it tells the length of what is not sent; a body that is not there has none.
    const untold = isBodiless(status) || exchange.originalMethod === "HEAD" ? told : 0;
    exchange.start(status, untold ?? 0);
    exchange.end();
    return;
  }
  await sendBody(exchange, body, (length) => exchange.start(status, told ?? length));
}

/** The length that a handler tells of its body, if it is one. */
function toldLength(headers: Headers): number | undefined {
  const told = headers.get("content-length");
  if (told === null || !/^\d{1,15}$/.test(told)) return undefined;
  return Number(told);
}

function putFields(fields: Fields, headers: Headers): void {
  if (headers.has("server")) fields.delete("server");
  for (const [name, value] of headers) fields.append(name, value);
}

/** Sends a stream. One that ends with its first chunk, such as a text's, goes out with its length. */
async function sendBody(
  exchange: Exchange,
  body: ReadableStream<Uint8Array>,
  start: (length: number) => void,
): Promise<void> {
  const reader = body.getReader();
  // A stream that is silent for long must not outlive a peer that has gone.
  exchange.onFinish((_, error) => {
    if (error !== undefined) void reader.cancel(error).catch(() => undefined);
  });
  try {
    const first = await reader.read();
    if (first.done) {
      start(0);
      exchange.end();
      return;
    }
    const second = reader.read();
    const next = await Promise.race([second, twoTurns()]);
    start(next?.done === true ? first.value.length : -1);
    if (isBodiless(exchange.status) || exchange.originalMethod === "HEAD") {
      exchange.end();
      await reader.cancel();
      return;
    }
    exchange.write(first.value);
    for (let step = next ?? (await second); !step.done; step = await reader.read()) {
      if (!exchange.write(step.value)) await exchange.drained();
    }
    exchange.end();
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  }
}

/** Long enough for a stream that has ended to say so. */
async function twoTurns(): Promise<undefined> {
  await Promise.resolve();
  await Promise.resolve();
  return undefined;
}
