/** What a head is, by a second reading of the rules that shares no code with the parser: slow, short and by regular expressions. */
export type Verdict =
  | {
      readonly kind: "whole";
      readonly length: number;
      readonly fields: readonly (readonly [string, string])[];
      readonly first: string;
      /** Bytes of body: -1 chunked, undefined: none told. */
      readonly body: number | undefined;
      /** Whom a request is for. */
      readonly host: string;
      /** Whether the sender means the connection to live on. */
      readonly lives: boolean;
    }
  | { readonly kind: "refused" }
  /** More bytes could make it either. */
  | { readonly kind: "open" };

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
const HOST = "(?:\\[[0-9A-Za-z:.%\\-_~]+\\]|[0-9A-Za-z\\-._~!$&'()*+,;=%]+)(?::\\d{0,5})?";
const PATH = '(?:[!-"$&->@-~]|%(?!00)[0-9A-Fa-f]{2})*';
const QUERY = '(?:\\?[!-"$-~]*)?';
const REQUEST = new RegExp(`^(${TOKEN}{1,32}) (\\S+) HTTP/1\\.([01])$`);
const ORIGIN = new RegExp(`^/${PATH}${QUERY}$`);
const ABSOLUTE = new RegExp(`^https?://(${HOST})(?:/${PATH})?${QUERY}$`, "i");
const CONNECT = new RegExp(`^${HOST.replace("{0,5}", "{1,5}").replace(/\?$/, "")}$`);
const FIELD = new RegExp(`^(${TOKEN}+):[ \\t]*((?:[\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?)[ \\t]*$`);
const AUTHORITY = new RegExp(`^${HOST}$`);

/** Reads a request's head. */
export function readRequest(text: string): Verdict {
  const body = text.replace(/^(?:\r\n){1,2}/, "");
  const skipped = text.length - body.length;
  const end = endOfHead(body);
  if (end < 0) return { kind: "open" };
  const [first = "", ...lines] = body.slice(0, end).split("\r\n");
  const line = REQUEST.exec(first);
  const fields = lines.map((each) => FIELD.exec(each));
  if (line === null || fields.includes(null)) return { kind: "refused" };
  const pairs = fields.map((each) => [each![1]!, each![2]!] as const);
  const [, method = "", target = "", minor = ""] = line;
  if (!isTarget(method, target) || !framingHolds(pairs, minor) || !hostsHold(pairs, minor)) return { kind: "refused" };
  if (valuesOf(pairs, "expect").some((value) => value.toLowerCase() !== "100-continue")) return { kind: "refused" };
  const host = hostOf(target, pairs);
  return { kind: "whole", length: skipped + end + 4, fields: pairs, first, host, ...framingOf(pairs, minor) };
}

/** The authority of the target stands above Host. */
function hostOf(target: string, pairs: Pairs): string {
  if (target.startsWith("/") || target === "*") return valuesOf(pairs, "host")[0] ?? "";
  return ABSOLUTE.exec(target)?.[1] ?? target;
}

function framingOf(pairs: Pairs, minor: string): { readonly body: number | undefined; readonly lives: boolean } {
  const length = valuesOf(pairs, "content-length")[0];
  const chunked = valuesOf(pairs, "transfer-encoding").length > 0;
  const options = valuesOf(pairs, "connection").flatMap((value) =>
    value.toLowerCase().split(/[^!#$%&'*+\-.^_`|~0-9a-z]+/),
  );
  const lives = !options.includes("close") && (minor === "1" || options.includes("keep-alive"));
  return { body: chunked ? -1 : length === undefined ? undefined : Number(length), lives };
}

/** Reads a response's head. */
export function readResponse(text: string): Verdict {
  const end = endOfHead(text);
  if (end < 0) return { kind: "open" };
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const line = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t -~\x80-\xff]*)?$/.exec(first);
  const fields = lines.map((each) => FIELD.exec(each));
  if (line === null || fields.includes(null)) return { kind: "refused" };
  const pairs = fields.map((each) => [each![1]!, each![2]!] as const);
  if (!framingHolds(pairs, line[1]!) || valuesOf(pairs, "host").length > 1) return { kind: "refused" };
  if (valuesOf(pairs, "host").some((host) => !isAuthority(host))) return { kind: "refused" };
  if (valuesOf(pairs, "expect").some((value) => value.toLowerCase() !== "100-continue")) return { kind: "refused" };
  return { kind: "whole", length: end + 4, fields: pairs, first, host: "", ...framingOf(pairs, line[1]!) };
}

function endOfHead(text: string): number {
  const empty = text.startsWith("\r\n") ? 0 : -1;
  return empty === 0 ? -1 : text.indexOf("\r\n\r\n");
}

function isTarget(method: string, target: string): boolean {
  if (method === "CONNECT") return CONNECT.test(target) && portHolds(target);
  if (target === "*") return method === "OPTIONS";
  const absolute = ABSOLUTE.exec(target);
  return ORIGIN.test(target) || (absolute !== null && isAuthority(absolute[1]!));
}

function isAuthority(text: string): boolean {
  return AUTHORITY.test(text) && portHolds(text);
}

function portHolds(authority: string): boolean {
  const port = /:(\d*)$/.exec(authority.replace(/^\[.*\]/, ""));
  return port === null || Number(port[1]) <= 65_535;
}

type Pairs = readonly (readonly [string, string])[];

function valuesOf(pairs: Pairs, name: string): string[] {
  return pairs.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

function framingHolds(pairs: Pairs, minor: string): boolean {
  const lengths = valuesOf(pairs, "content-length");
  const codings = valuesOf(pairs, "transfer-encoding");
  if (lengths.length > 1 || codings.length > 1 || lengths.length + codings.length > 1) return false;
  if (lengths.some((length) => !/^\d+$/.test(length) || BigInt(length) > BigInt(Number.MAX_SAFE_INTEGER))) return false;
  return codings.every((coding) => coding.toLowerCase() === "chunked" && minor === "1");
}

function hostsHold(pairs: Pairs, minor: string): boolean {
  const hosts = valuesOf(pairs, "host");
  if (hosts.length > 1 || (hosts.length === 0 && minor === "1")) return false;
  return hosts.every(isAuthority);
}

/** Decodes a chunked body: its bytes and length, "refused", or "open". Extensions are passed over by their grammar; trailers are not judged. */
export function readChunked(
  text: string,
): { readonly body: string; readonly length: number; readonly trailers: string } | "refused" | "open" {
  let at = 0;
  let body = "";
  for (;;) {
    const line =
      /^([0-9A-Fa-f]+)((?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~\w]+(?:[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~\w]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*)\r\n/.exec(
        text.slice(at),
      );
    if (line === null) return text.slice(at).includes("\n") ? "refused" : "open";
    const size = Number.parseInt(line[1]!, 16);
    if (size > Number.MAX_SAFE_INTEGER) return "refused";
    at += line[0].length;
    if (size === 0) return trailersOf(text, at, body);
    if (text.length < at + size) return "open";
    body += text.slice(at, at + size);
    at += size;
    const after = text.slice(at, at + 2);
    if (after !== "\r\n") return "\r\n".startsWith(after) ? "open" : "refused";
    at += 2;
  }
}

function trailersOf(text: string, at: number, body: string): ReturnType<typeof readChunked> {
  if (text.startsWith("\r\n", at)) return { body, length: at + 2, trailers: "" };
  const end = text.indexOf("\r\n\r\n", at);
  if (end < 0) return "open";
  return { body, length: end + 4, trailers: text.slice(at, end) };
}

const NO_TRAILER =
  /^(?:authorization|cache-control|connection|content-(?:encoding|length|range|type)|cookie|expect|host|keep-alive|max-forwards|proxy-authorization|range|set-cookie|te|trailer|transfer-encoding|upgrade)$/i;

/** Whether the lines of a trailer section, without its last CRLF, may stand there. */
export function trailersHold(text: string): boolean {
  if (text === "") return true;
  const fields = text.split("\r\n").map((line) => FIELD.exec(line));
  return fields.length <= 100 && fields.every((field) => field !== null && !NO_TRAILER.test(field[1]!));
}
