import { hostname } from "node:os";
import { AddrPort, Prefix, UnixAddress } from "../../addr/index.ts";
import type { Clock } from "../../clock/index.ts";
import { type Exchange, formatHttpDate, HandlerError, statusText, textOfField } from "../../http/message/index.ts";
import { TIME_FORMATS } from "../../log/index.ts";
import type { Endpoint } from "../../net/index.ts";
import { ERROR_VAR } from "./routes.ts";
import { formatGoDuration, formatGoTime } from "./time-text.ts";
import {
  baseOf,
  dirOf,
  extensionOf,
  fileOf,
  originalPath,
  originalQuery,
  partsOf,
  percentDecode,
  queryEscape,
  queryValue,
} from "./uri-parts.ts";

/** Reads one placeholder's value; "" when it has none, undefined when nothing of that name is known now, such as what no pattern has captured yet. */
export type PlaceholderValue = (exchange: Exchange, clock: Clock) => string | undefined;

/** Finds the value of what stands behind a prefix, or undefined when the name is not known. */
type Family = (rest: string) => PlaceholderValue | undefined;

/** How to read a placeholder, by its name without braces; undefined when no such name is known. */
export function placeholderValue(name: string): PlaceholderValue | undefined {
  if (Object.hasOwn(EXACT, name)) return EXACT[name];
  for (const [prefix, family] of FAMILIES) if (name.startsWith(prefix)) return family(name.slice(prefix.length));
  return undefined;
}

const EXACT: Readonly<Record<string, PlaceholderValue>> = {
  "http.request.method": (exchange) => exchange.method,
  "http.request.proto": (exchange) => exchange.protocol,
  "http.request.proto_name": (exchange) => exchange.protocol,
  "http.request.scheme": (exchange) => exchange.scheme,
  "http.request.host": (exchange) => hostOf(exchange),
  "http.request.hostport": (exchange) => exchange.host,
  "http.request.port": (exchange) => portOf(exchange.host),
  "http.request.uri": (exchange) => exchange.target,
  "http.request.uri_escaped": (exchange) => queryEscape(exchange.target),
  "http.request.uri.path": (exchange) => exchange.decodedPath,
  "http.request.uri.path_escaped": (exchange) => queryEscape(exchange.decodedPath),
  "http.request.uri.path.dir": (exchange) => dirOf(exchange.decodedPath),
  "http.request.uri.path.file": (exchange) => fileOf(exchange.decodedPath),
  "http.request.uri.path.file.base": (exchange) => baseOf(exchange.decodedPath),
  "http.request.uri.path.file.ext": (exchange) => extensionOf(exchange.decodedPath),
  "http.request.uri.query": (exchange) => exchange.query,
  "http.request.uri.query_escaped": (exchange) => queryEscape(exchange.query),
  "http.request.uri.prefixed_query": (exchange) => (exchange.query === "" ? "" : `?${exchange.query}`),
  "http.request.orig_method": (exchange) => exchange.originalMethod,
  "http.request.orig_uri": (exchange) => exchange.originalTarget,
  "http.request.orig_uri.path": (exchange) => percentDecode(originalPath(exchange)),
  "http.request.orig_uri.path.dir": (exchange) => dirOf(percentDecode(originalPath(exchange))),
  "http.request.orig_uri.path.file": (exchange) => fileOf(percentDecode(originalPath(exchange))),
  "http.request.orig_uri.query": (exchange) => originalQuery(exchange),
  "http.request.orig_uri.prefixed_query": (exchange) =>
    originalQuery(exchange) === "" ? "" : `?${originalQuery(exchange)}`,
  "http.request.remote": (exchange) => exchange.remote.toString(),
  "http.request.remote.host": (exchange) => endpointHost(exchange.remote),
  "http.request.remote.port": (exchange) => endpointPort(exchange.remote),
  "http.request.local": (exchange) => exchange.local.toString(),
  "http.request.local.host": (exchange) => endpointHost(exchange.local),
  "http.request.local.port": (exchange) => endpointPort(exchange.local),
  "http.request.uuid": (exchange) => onceOf(exchange, "\0uuid", () => crypto.randomUUID()),
  "http.request.duration": (exchange, clock) => formatGoDuration(clock.now() - exchange.startedAt),
  "http.request.duration_ms": (exchange, clock) => String(clock.now() - exchange.startedAt),
  // Without trusted proxies, which are not built yet, the client is whoever is connected.
  "http.vars.client_ip": (exchange) => varOf(exchange, "client_ip") ?? endpointHost(exchange.remote),
  "http.error": (exchange) => errorOf(exchange, (error) => error.message),
  "http.error.status_code": (exchange) => errorOf(exchange, (error) => String(error.status)),
  "http.error.status_text": (exchange) => errorOf(exchange, (error) => statusText(error.status)),
  "http.error.message": (exchange) => errorOf(exchange, (error) => error.message),
  "http.error.id": (exchange) =>
    errorOf(exchange, () => onceOf(exchange, "\0error id", () => crypto.randomUUID().slice(-9))),
  // Caddy names a place in its source here; the cause of an error is for logs alone.
  "http.error.trace": (exchange) => errorOf(exchange, () => ""),
  // `shutdown_delay`, in which these would tell more, is refused as not built.
  "http.shutting_down": () => "false",
  "http.time_until_shutdown": () => "",
  "system.hostname": () => hostname(),
  "system.os": () => process.platform,
  "system.arch": () => (process.arch === "x64" ? "amd64" : process.arch),
  "system.wd": () => process.cwd(),
  "system.slash": () => "/",
  "time.now": (_, clock) => formatGoTime(clock.wallNow()),
  "time.now.http": (_, clock) => formatHttpDate(clock.wallNow()),
  "time.now.unix": (_, clock) => String(Math.floor(clock.wallNow() / 1000)),
  "time.now.unix_ms": (_, clock) => String(clock.wallNow()),
  "time.now.year": (_, clock) => String(new Date(clock.wallNow()).getUTCFullYear()),
  "time.now.common_log": (_, clock) => TIME_FORMATS["common_log"]!.format(clock.wallNow()),
};

const FAMILIES: readonly (readonly [string, Family])[] = [
  ["http.request.header.", (name) => requestField(name)],
  ["http.request.cookie.", (name) => (exchange) => textOfField(cookieOf(exchange, name) ?? "")],
  ["http.request.uri.query.", (name) => (exchange) => queryValue(exchange.query, name)],
  [
    "http.request.orig_uri.path.",
    (rest) => numbered(rest, (exchange, at) => partsOf(percentDecode(originalPath(exchange)))[at]),
  ],
  ["http.request.remote.host/", (bits) => maskedRemote(bits)],
  ["http.request.uri.path.", (rest) => numbered(rest, (exchange, at) => partsOf(exchange.decodedPath)[at])],
  ["http.request.host.labels.", (rest) => numbered(rest, (exchange, at) => hostOf(exchange).split(".").reverse()[at])],
  ["http.request.tls.", () => () => ""],
  ["http.response.header.", (name) => (exchange) => responseField(exchange, name)],
  ["http.vars.", (name) => (exchange) => varOf(exchange, name) ?? ""],
  ["http.regexp.", (rest) => storedUnder(`http.regexp.${rest}`)],
  ["http.reverse_proxy.", (rest) => storedUnder(`http.reverse_proxy.${rest}`)],
  ["env.", (name) => () => process.env[name] ?? ""],
];

function storedUnder(key: string): PlaceholderValue {
  return (exchange) => varOf(exchange, key);
}

function varOf(exchange: Exchange, name: string): string | undefined {
  return textOf(exchange.hasVars ? exchange.vars.get(name) : undefined);
}

function numbered(
  rest: string,
  read: (exchange: Exchange, at: number) => string | undefined,
): PlaceholderValue | undefined {
  if (!/^\d{1,4}$/.test(rest)) return undefined;
  const at = Number(rest);
  return (exchange) => read(exchange, at) ?? "";
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}

/** Host is no field here, as in Caddy: `{http.request.host}` tells it. */
function requestField(name: string): PlaceholderValue {
  if (name.toLowerCase() === "host") return () => "";
  return (exchange) => textOfField(exchange.fields.values(name).join(","));
}

function responseField(exchange: Exchange, name: string): string | undefined {
  return exchange.hasResponseFields ? textOfField(exchange.responseFields.values(name).join(",")) : "";
}

function errorOf(exchange: Exchange, read: (error: HandlerError) => string): string | undefined {
  const error = exchange.hasVars ? exchange.vars.get(ERROR_VAR) : undefined;
  return error instanceof HandlerError ? read(error) : undefined;
}

/** The host asked for, without port and brackets. */
function hostOf(exchange: Exchange): string {
  const { host } = exchange;
  if (host.startsWith("[")) return host.slice(1, Math.max(1, host.indexOf("]")));
  const colon = host.lastIndexOf(":");
  return colon < 0 ? host : host.slice(0, colon);
}

function portOf(host: string): string {
  const port = /:(\d*)$/.exec(host);
  return port?.[1] ?? "";
}

function endpointHost(endpoint: Endpoint): string {
  if (endpoint instanceof AddrPort) return endpoint.addr.toString();
  return endpoint instanceof UnixAddress ? "" : endpoint.toString();
}

function endpointPort(endpoint: Endpoint): string {
  return endpoint instanceof AddrPort ? String(endpoint.port) : "";
}

/** A value that is made when it is first asked for and then stays the exchange's. */
function onceOf(exchange: Exchange, key: string, make: () => string): string {
  const known = exchange.vars.get(key);
  if (typeof known === "string") return known;
  const made = make();
  exchange.vars.set(key, made);
  return made;
}

function cookieOf(exchange: Exchange, name: string): string | undefined {
  for (const line of exchange.fields.values("cookie")) {
    for (const pair of line.split(";")) {
      const equals = pair.indexOf("=");
      if (equals >= 0 && pair.slice(0, equals).trim() === name)
        return pair
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, "$1");
    }
  }
  return undefined;
}

/** The block of `bits` that the client's address is in: those for IPv4, then those for IPv6 if they differ. */
function maskedRemote(bits: string): PlaceholderValue {
  const [four = "", six = four] = bits.split(",");
  return ({ remote }) => {
    if (!(remote instanceof AddrPort)) return "";
    const addr = remote.addr.unmap();
    return (
      Prefix.tryParse(`${addr.withZone("").toString()}/${addr.bitLength === 32 ? four : six}`)
        ?.masked()
        .toString() ?? ""
    );
  };
}
