import { Fields, isFieldName, type OutgoingRequest } from "../message/index.ts";
import type { Origin } from "./origin.ts";
import type { BodySource, RequestOptions } from "./request-options.ts";

/** Fields that belong to the connection, which is the client's. */
const OWN = ["connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/** A request as a caller describes it, read and checked. */
export class ClientRequest implements OutgoingRequest {
  readonly origin: Origin;
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly fields: Fields;
  readonly bodyLength: number;
  readonly upgrade = undefined;
  readonly body: Exclude<BodySource, string> | undefined;

  /** Throws TypeError when it can't be a request. `userAgent` is sent unless the caller gives one or it is "". */
  constructor(url: string | URL, options: RequestOptions, userAgent: string) {
    const { protocol, username, password, host, hostname, port, pathname, search } = new URL(url);
    if (protocol !== "http:") throw new TypeError(`cannot request ${String(url)}: only http URLs are supported so far`);
    if (username !== "" || password !== "") {
      throw new TypeError(`cannot request ${String(url)}: send credentials in an Authorization field, not in the URL`);
    }
    this.origin = originOf(options.unix, `${hostname}:${port === "" ? 80 : port}`);
    this.method = methodOf(options.method ?? "GET");
    this.target = pathname + search;
    this.fields = fieldsOf(options.headers ?? []);
    this.host = take(this.fields, "host") ?? host;
    if (userAgent !== "" && !this.fields.has("user-agent")) this.fields.append("User-Agent", userAgent);
    const { body } = options;
    this.body = typeof body === "string" ? new TextEncoder().encode(body) : body;
    this.bodyLength = lengthOf(this.body, take(this.fields, "content-length"));
  }
}

function originOf(unix: string | undefined, address: string): Origin {
  if (unix !== undefined) return { network: "unix", address: unix, key: `unix ${unix}` };
  return { network: "tcp", address, key: `tcp ${address}` };
}

function methodOf(method: string): string {
  if (isFieldName(method) && method !== "CONNECT") return method;
  throw new TypeError(`the method ${JSON.stringify(method)} cannot be requested`);
}

function fieldsOf(headers: NonNullable<RequestOptions["headers"]>): Fields {
  const entries = Symbol.iterator in headers ? headers : Object.entries(headers);
  const fields = Fields.from(entries);
  const own = OWN.find((name) => fields.has(name));
  if (own !== undefined) throw new TypeError(`the field ${own} belongs to the connection: the client sends its own`);
  return fields;
}

/** The value of a field, which is taken out. */
function take(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  if (value !== undefined) fields.delete(name);
  return value;
}

function lengthOf(body: ClientRequest["body"], told: string | undefined): number {
  const known = body === undefined ? 0 : body instanceof Uint8Array ? body.length : -1;
  if (told === undefined) return known;
  const length = /^\d{1,15}$/.test(told) ? Number(told) : -1;
  if (length < 0 || (known >= 0 && known !== length)) {
    throw new TypeError(`Content-Length ${JSON.stringify(told)} is not the length of the body`);
  }
  return length;
}
