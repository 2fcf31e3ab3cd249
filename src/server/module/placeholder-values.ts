import { hostname } from "node:os";
import { AddrPort, UnixAddress } from "../../addr/index.ts";
import { realClock } from "../../clock/index.ts";
import { type Exchange, formatHttpDate, HandlerError, statusText, textOfField } from "../../http/message/index.ts";
import { TIME_FORMATS } from "../../log/index.ts";
import type { Endpoint } from "../../net/index.ts";
import { ERROR_VAR } from "./routes.ts";

/** Reads one placeholder's value; "" when it has none, undefined when nothing of that name is known now, such as what no pattern has captured yet. */
export type PlaceholderValue = (exchange: Exchange) => string | undefined;

/** Finds the value of what stands behind a prefix, or undefined when the name is not known. */
type Family = (rest: string) => PlaceholderValue | undefined;

/** How to read a placeholder, by its name without braces; undefined when no such name is known. */
export function placeholderValue(name: string): PlaceholderValue | undefined {
  const exact = EXACT[name];
  if (exact !== undefined) return exact;
  for (const [prefix, family] of FAMILIES) if (name.startsWith(prefix)) return family(name.slice(prefix.length));
  return undefined;
}

const EXACT: Readonly<Record<string, PlaceholderValue>> = {
  "http.request.method": (exchange) => exchange.method,
  "http.request.proto": (exchange) => exchange.protocol,
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
  "http.request.orig_uri.path": (exchange) => decoded(originalPath(exchange)),
  "http.request.orig_uri.path.dir": (exchange) => dirOf(decoded(originalPath(exchange))),
  "http.request.orig_uri.path.file": (exchange) => fileOf(decoded(originalPath(exchange))),
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
  "http.request.duration": (exchange) => `${(realClock.now() - exchange.startedAt) / 1000}s`,
  "http.request.duration_ms": (exchange) => String(realClock.now() - exchange.startedAt),
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
  "time.now": () => new Date(realClock.wallNow()).toISOString(),
  "time.now.http": () => formatHttpDate(realClock.wallNow()),
  "time.now.unix": () => String(Math.floor(realClock.wallNow() / 1000)),
  "time.now.unix_ms": () => String(realClock.wallNow()),
  "time.now.year": () => String(new Date(realClock.wallNow()).getUTCFullYear()),
  "time.now.common_log": () => TIME_FORMATS["common_log"]!.format(realClock.wallNow()),
};

const FAMILIES: readonly (readonly [string, Family])[] = [
  ["http.request.header.", (name) => (exchange) => textOfField(exchange.fields.values(name).join(","))],
  ["http.request.cookie.", (name) => (exchange) => textOfField(cookieOf(exchange, name) ?? "")],
  ["http.request.uri.query.", (name) => (exchange) => queryValue(exchange.query, name)],
  ["http.request.orig_uri.query.", (name) => (exchange) => queryValue(originalQuery(exchange), name)],
  ["http.request.uri.path.", (rest) => numbered(rest, (exchange, at) => partsOf(exchange.decodedPath)[at])],
  ["http.request.host.labels.", (rest) => numbered(rest, (exchange, at) => hostOf(exchange).split(".").reverse()[at])],
  ["http.request.tls.", () => () => ""],
  ["http.response.header.", (name) => (exchange) => responseField(exchange, name)],
  ["http.vars.", (name) => (exchange) => textOf(exchange.hasVars ? exchange.vars.get(name) : undefined) ?? ""],
  ["http.regexp.", (rest) => storedUnder(`http.regexp.${rest}`)],
  ["http.reverse_proxy.", (rest) => storedUnder(`http.reverse_proxy.${rest}`)],
  ["env.", (name) => () => process.env[name] ?? ""],
];

function storedUnder(key: string): PlaceholderValue {
  return (exchange) => textOf(exchange.hasVars ? exchange.vars.get(key) : undefined);
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

function queryValue(query: string, name: string): string | undefined {
  const values = new URLSearchParams(query).getAll(name);
  return values.length === 0 ? "" : values.join(",");
}

function originalPath(exchange: Exchange): string {
  const { originalTarget } = exchange;
  const mark = originalTarget.indexOf("?");
  return mark < 0 ? originalTarget : originalTarget.slice(0, mark);
}

function originalQuery(exchange: Exchange): string {
  const mark = exchange.originalTarget.indexOf("?");
  return mark < 0 ? "" : exchange.originalTarget.slice(mark + 1);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function partsOf(path: string): string[] {
  return path.replace(/^\//, "").split("/");
}

function dirOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function extensionOf(path: string): string {
  const file = fileOf(path);
  const dot = file.lastIndexOf(".");
  return dot < 0 ? "" : file.slice(dot);
}

/** The last segment without its extension, a slash at the end left aside: "/" of the root, as Go's path.Base has it. */
function baseOf(path: string): string {
  const last = path.replace(/\/+$/, "");
  if (last === "") return path === "" ? "." : "/";
  const file = fileOf(last);
  const extension = extensionOf(path);
  return extension !== "" && file.endsWith(extension) ? file.slice(0, file.length - extension.length) : file;
}

function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
