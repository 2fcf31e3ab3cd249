import { AddrPort } from "../../../addr/index.ts";
import type { Exchange, Fields } from "../../../http/message/index.ts";

/** Fields whose values are secrets, in lower case. */
export const SECRET_FIELDS: readonly string[] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/** What a log line says of a request, in Caddy's shape, as an object: for lines that are rare. An access log writes the same without one. */
export function requestRecord(exchange: Exchange, credentials: boolean): Readonly<Record<string, unknown>> {
  const { remote } = exchange;
  const ip = remote instanceof AddrPort ? remote.addr.toString() : "";
  return {
    remote_ip: ip,
    remote_port: remote instanceof AddrPort ? String(remote.port) : "",
    client_ip: ip,
    proto: exchange.protocol,
    method: exchange.originalMethod,
    host: exchange.originalHost,
    uri: exchange.originalTarget,
    headers: fieldRecord(exchange.fields, credentials),
  };
}

/** Values by name, names as Go writes them. Host is told on its own. */
function fieldRecord(fields: Fields, credentials: boolean): Record<string, string[]> {
  // Without a prototype: a client may well send a field called __proto__.
  const record = Object.create(null) as Record<string, string[]>;
  for (const [own, value] of fields) {
    const lower = own.toLowerCase();
    if (lower === "host") continue;
    const name = lower.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
    const known = (record[name] ??= []);
    if (credentials || !SECRET_FIELDS.includes(lower)) known.push(value);
    else if (known.length === 0) known.push("REDACTED");
  }
  return record;
}
